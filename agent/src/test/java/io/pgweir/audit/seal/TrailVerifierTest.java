package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgweir.audit.seal.Finding.Kind;
import io.pgweir.audit.seal.TrailReport.ChainReport;
import io.pgweir.audit.seal.TrailReport.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrailVerifierTest {
    private static final TrailVerifier.Options ANY_ORDER = new TrailVerifier.Options(true, false, false);
    private static final TrailVerifier.Options PARTIAL = new TrailVerifier.Options(false, false, true);
    private static final JsonMapper MAPPER = new JsonMapper();

    @SuppressWarnings("NullAway.Init") // before all tests
    private static SigningKey key;

    @BeforeAll
    static void makeKey() throws Exception {
        key = SampleTrail.key();
    }

    @Test
    void wholeTrailIsWhole() throws Exception {
        // When
        TrailReport report = SampleTrail.verify(SampleTrail.small(key).lines, key.publicKey());

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.isWhole()).isTrue();
        assertThat(report.chains())
                .containsExactly(new ChainReport(SampleTrail.CHAIN, List.of(new Range(1, 12)), 0, 2, 2, 2, null));
        assertThat(report.records()).isEqualTo(12);
        assertThat(report.opened()).isEqualTo(2);
        assertThat(report.erased()).isEqualTo(1);
        assertThat(report.notes())
                .containsExactlyInAnyOrder(
                        "chain " + SampleTrail.CHAIN + ": 2 records not yet covered by a checkpoint",
                        "chain " + SampleTrail.CHAIN
                                + ": does not end with audit.stop: it still runs, was killed, or is cut off here");
    }

    @Test
    void everyFlippedByteIsNamed() throws Exception {
        // Given
        byte[] whole = SampleTrail.small(key).bytes();
        List<JsonNode> meaning = meaning(whole);
        for (int at = 0; at < whole.length; at++) {
            int bit = at % 8;
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << bit);

            // When
            TrailReport report = SampleTrail.verify(flipped, key.publicKey());

            // Then
            if (report.isWhole()) {
                assertThat(meaning(flipped)).as("byte %d, bit %d", at, bit).isEqualTo(meaning);
            }
        }
    }

    @Test
    void flippedByteIsNamedByLineAndNumberAndNothingElseIs() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        lines.set(2, lines.get(2).replace("FROM t", "FROM u"));

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.EDITED);
            assertThat(finding.first()).isEqualTo(3);
            assertThat(finding.location()).isEqualTo("trail:3");
            assertThat(finding.text()).startsWith("record 3 was changed: its hash is ");
        });
        assertThat(report.chains().getFirst().checkpoints()).isEqualTo(2);
    }

    @Test
    void flippedHashIsNamedAndTheCheckpointHolds() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        String line = lines.get(2);
        int digit = line.length() - 10;
        lines.set(2, line.substring(0, digit) + (line.charAt(digit) == '0' ? '1' : '0') + line.substring(digit + 1));

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings()).extracting(Finding::kind).containsExactly(Kind.EDITED);
        assertThat(report.chains().getFirst().checkpoints()).isEqualTo(2);
    }

    @Test
    void removedRecordsAreNamed() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        lines.subList(6, 8).clear();
        lines.remove(1);

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings())
                .extracting(Finding::kind, Finding::first, Finding::last, Finding::location, Finding::text)
                .containsExactly(
                        tuple(Kind.MISSING, 2L, 2L, "trail:2", "missing 2"),
                        tuple(Kind.MISSING, 7L, 8L, "trail:6", "missing 7..8"));
        assertThat(report.chains().getFirst().ranges())
                .containsExactly(new Range(1, 1), new Range(3, 6), new Range(9, 12));
    }

    @Test
    void everyRemovedRecordIsNamed() throws Exception {
        for (int i = 0; i < 11; i++) {
            // Given
            List<String> lines = SampleTrail.small(key).lines;
            lines.remove(i);
            // When
            TrailReport report = SampleTrail.verify(lines, key.publicKey());
            // Then
            assertThat(report.findings()).extracting(Finding::text).containsExactly("missing " + (i + 1));
        }
    }

    @Test
    void everySwapIsNamedUnlessAnyOrderIsAllowed() throws Exception {
        for (int i = 0; i < 11; i++) {
            // Given
            List<String> lines = SampleTrail.small(key).lines;
            Collections.swap(lines, i, i + 1);

            // When
            TrailReport report = SampleTrail.verify(lines, key.publicKey());
            TrailReport tolerant = SampleTrail.verify(SampleTrail.bytes(lines), ANY_ORDER, key.publicKey());

            // Then
            assertThat(report.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.kind()).isEqualTo(Kind.REORDERED));
            assertThat(report.findings().getFirst().first()).isEqualTo(i + 1);
            assertThat(report.chains().getFirst().checkpoints()).isEqualTo(2);
            assertThat(tolerant.findings()).isEmpty();
            assertThat(tolerant.chains().getFirst().checkpoints()).isEqualTo(2);
        }
    }

    @Test
    void doublesAreRemovedAndCounted() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        lines.addAll(4, new ArrayList<>(lines.subList(1, 4)));
        lines.addAll(new ArrayList<>(lines));

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.isWhole()).isTrue();
        assertThat(report.chains().getFirst().duplicates()).isEqualTo(18);
        assertThat(report.chains().getFirst().checkpoints()).isEqualTo(2);
    }

    @Test
    void twoRecordsOfOneNumberAreNamed() throws Exception {
        // Given
        SampleTrail trail = SampleTrail.small(key);
        SampleTrail forged = new SampleTrail(key).statements(4);
        trail.lines.add(4, forged.lines.get(3));

        // When
        TrailReport report = SampleTrail.verify(trail.lines, key.publicKey());

        // Then
        assertThat(report.findings()).extracting(Finding::kind).containsExactly(Kind.CONFLICT);
        assertThat(report.findings().getFirst().location()).isEqualTo("trail:5");
    }

    @Test
    void replacedRecordWithItsOwnHashBreaksTheLink() throws Exception {
        // Given
        SampleTrail trail = SampleTrail.small(key);
        trail.lines.set(3, new SampleTrail(key).statements(4).lines.get(3));

        // When
        TrailReport report = SampleTrail.verify(trail.lines, key.publicKey());

        // Then
        assertThat(report.findings())
                .extracting(Finding::kind, Finding::first)
                .contains(tuple(Kind.UNLINKED, 3L), tuple(Kind.UNLINKED, 4L), tuple(Kind.CHECKPOINT, 1L));
    }

    @Test
    void cutTailIsNamedByTheChainThatResumesIt() throws Exception {
        // Given
        SampleTrail first = SampleTrail.small(key).add("audit.stop", "", "");
        String hash = Hashes.hex(first.chain.hash());
        SampleTrail second =
                new SampleTrail("next", key).resumes(first, 13, hash).statement();
        List<String> whole = concat(first.lines, second.lines);
        List<String> cut = concat(first.lines.subList(0, 10), second.lines);
        SampleTrail other = new SampleTrail("next", key).resumes(first, 13, "00".repeat(32));
        SampleTrail earlier = new SampleTrail("next", key).resumes(first, 11, hash);

        // Then
        assertThat(SampleTrail.verify(whole, key.publicKey()).findings()).isEmpty();
        assertThat(SampleTrail.verify(cut, key.publicKey()).findings())
                .extracting(Finding::kind, Finding::chain, Finding::first, Finding::last)
                .containsExactly(tuple(Kind.MISSING, SampleTrail.CHAIN, 11L, 13L));
        assertThat(SampleTrail.verify(second.lines, key.publicKey()).findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.RESUME);
        assertThat(SampleTrail.verify(SampleTrail.bytes(second.lines), PARTIAL).isWhole())
                .isTrue();
        assertThat(SampleTrail.verify(concat(first.lines, other.lines)).findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.RESUME);
        assertThat(SampleTrail.verify(concat(first.lines, earlier.lines)).findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.RESUME);
    }

    @Test
    void interleavedChainsAreToldApart() throws Exception {
        // Given
        SampleTrail one = SampleTrail.small(key);
        SampleTrail two = new SampleTrail("two", null).statements(12);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            lines.add(one.lines.get(i));
            lines.add(two.lines.get(i));
        }

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.chains()).extracting(ChainReport::ranges).containsOnly(List.of(new Range(1, 12)));
        assertThat(report.chains()).extracting(ChainReport::uncovered).containsExactly(2L, 12L);
    }

    @Test
    void trailThatBeginsLateIsAFindingUnlessItIsSaidToBePartial() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        lines.subList(0, 3).clear();

        // Then
        assertThat(SampleTrail.verify(lines, key.publicKey()).findings())
                .extracting(Finding::text)
                .containsExactly("missing 1..3");
        TrailReport partial = SampleTrail.verify(SampleTrail.bytes(lines), PARTIAL, key.publicKey());
        assertThat(partial.isWhole()).isTrue();
        assertThat(partial.notes())
                .contains("chain " + SampleTrail.CHAIN + ": begins at 4: what was before is not here")
                .anyMatch(note -> note.contains("checkpoint 6 cannot be held against its records 1..5"));
    }

    @Test
    void firstRecordThatNamesAnotherIsNamed() throws Exception {
        // Given
        SampleTrail trail = SampleTrail.small(null);
        String forged = new SampleTrail(null).statements(2).lines.get(1).replace("\"seq\":2", "\"seq\":1");
        String hash = Hashes.hex(Hashes.sha256()
                .digest(forged.substring(0, forged.indexOf(",\"hash\"")).getBytes(StandardCharsets.UTF_8)));
        trail.lines.set(0, forged.replaceAll("\"hash\":\"[0-9a-f]+", "\"hash\":\"" + hash));

        // Then
        assertThat(SampleTrail.verify(trail.lines).findings())
                .extracting(Finding::kind)
                .containsOnly(Kind.UNLINKED, Kind.CHECKPOINT);
    }

    @Test
    void garbageIsNamedAndDoesNotStopIt() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        lines.add(3, "{\"version\":1,\"type\":\"statement\"}");
        lines.add(3, "{\"seq\":");
        lines.add(3, "");
        lines.add(3, "2026-03-01 something was logged {");
        lines.add(3, "[1]");
        lines.add(3, lines.get(0) + lines.get(1));
        lines.add(3, "{\"chain\":\"x\",\"seq\":0,\"prev\":\"00\",\"hash\":\"00\"}");

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings())
                .extracting(Finding::kind, Finding::location)
                .containsExactly(
                        tuple(Kind.EDITED, "trail:4"),
                        tuple(Kind.UNREADABLE, "trail:5"),
                        tuple(Kind.UNREADABLE, "trail:6"),
                        tuple(Kind.UNREADABLE, "trail:7"),
                        tuple(Kind.UNREADABLE, "trail:9"),
                        tuple(Kind.UNSEALED, "trail:10"));
        assertThat(report.chains().getFirst().ranges()).containsExactly(new Range(1, 12));
    }

    @Property(tries = 300)
    void anyGarbageIsJudged(@ForAll byte[] garbage, @ForAll @IntRange(max = 11) int line) throws Exception {
        // Given
        List<String> lines = SampleTrail.small(null).lines;
        byte[] head = SampleTrail.bytes(lines.subList(0, line));
        byte[] all = SampleTrail.bytes(lines);
        byte[] trail = new byte[all.length + garbage.length + 1];
        System.arraycopy(all, 0, trail, 0, head.length);
        System.arraycopy(garbage, 0, trail, head.length, garbage.length);
        trail[head.length + garbage.length] = '\n';
        System.arraycopy(all, head.length, trail, head.length + garbage.length + 1, all.length - head.length);

        // When
        TrailReport report = SampleTrail.verify(trail);

        // Then
        if (line > 0) {
            assertThat(report.chains().getFirst().ranges()).containsExactly(new Range(1, 12));
            assertThat(report.findings()).allMatch(finding -> finding.kind() == Kind.UNREADABLE);
        }
    }

    @Test
    void jsonThatWasSpacedAndEscapedOtherwisePasses() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        List<String> spaced = new ArrayList<>();
        for (String line : lines) {
            spaced.add(line.replace("\",\"", "\" , \"").replace(":{", " : { ").replace("é", "\\u00E9"));
        }

        // When
        TrailReport report = SampleTrail.verify(spaced, key.publicKey());

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.opened()).isEqualTo(2);
        assertThat(report.erased()).isEqualTo(1);
    }

    @Test
    void nothingButOpenedValuesMayStandBehindTheHash() throws Exception {
        String line = SampleTrail.small(key).lines.get(4);
        String bare = line.substring(0, line.indexOf(",\"open\"")) + "}";
        assertThat(findings(4, bare)).isEmpty();
        assertThat(findings(
                        4, line.replace("\"salt\":\"00ff\",\"text\":\"SELECT", "\"salt\":\"00ff\",\"text\":\"select")))
                .containsExactly("record 5: opened value sql is not what was committed to");
        assertThat(findings(4, line.replace("00ff", "00FF"))).hasSize(1);
        assertThat(findings(4, line.replace("[null,{", "[{"))).hasSize(1);
        assertThat(findings(4, line.substring(0, line.length() - 1) + ",\"sql\":{\"text\":\"SELECT 1\"}}"))
                .containsExactly("record 5: member sql stands behind the hash (expected: open alone)");
        assertThat(findings(4, line.replace("\"open\":{", "\"open\":{\"user\":\"bob\",")))
                .containsExactly("record 5: opened values hold .user (expected: salt, text or value)");
        assertThat(findings(4, line.replace("\"open\":{", "\"open\":{\"x\":{\"salt\":\"00\",\"value\":\"\"},")))
                .containsExactly("record 5: opened value x has no commitment");
        assertThat(findings(4, line.replace("\"open\":{", "\"open\":{},\"open\":{")))
                .isNotEmpty();
        assertThat(findings(4, line.replace("\"salt\":\"00ff\",", ""))).hasSize(1);
        assertThat(findings(4, bare.substring(0, bare.length() - 1) + ",\"more\":1}"))
                .isNotEmpty();
        assertThat(findings(4, bare.substring(0, bare.length() - 1) + ",\"hash\":\"x\"}"))
                .isNotEmpty();
    }

    @Test
    void recordThatASinkCutIsCountedApart() throws Exception {
        // Given
        List<String> lines = SampleTrail.small(key).lines;
        String line = lines.get(2).replaceAll("\"text\":\"[^\"]*\"", "\"text\":\"SEL\"");
        lines.set(2, line.substring(0, line.length() - 1) + ",\"cut\":{\"length\":999,\"sha256\":\"00\"}}");

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.cut()).isEqualTo(1);
        assertThat(report.notes()).anyMatch(note -> note.contains("1 record cut by the sink: not provable"));
        assertThat(report.chains().getFirst().checkpoints()).isEqualTo(2);
    }

    @Test
    void signaturesAreJudgedByTheKeysThatAreGiven() throws Exception {
        // Given
        SigningKey other = SampleTrail.key();
        List<String> signed = SampleTrail.small(key).lines;
        List<String> unsigned = SampleTrail.small(null).lines;
        TrailVerifier.Options strict = new TrailVerifier.Options(false, true, false);

        // Then
        assertThat(SampleTrail.verify(signed).isWhole()).isTrue();
        assertThat(SampleTrail.verify(signed).notes())
                .anyMatch(note -> note.endsWith("2 signatures not checked: no public key was given for them"));
        assertThat(SampleTrail.verify(unsigned).isWhole()).isTrue();
        assertThat(SampleTrail.verify(unsigned).notes())
                .anyMatch(note -> note.endsWith("2 checkpoints without a signature"));
        assertThat(SampleTrail.verify(unsigned, key.publicKey()).findings())
                .extracting(Finding::text)
                .containsExactly("checkpoint 6 is not signed", "checkpoint 10 is not signed");
        assertThat(SampleTrail.verify(signed, other.publicKey()).findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.SIGNATURE, Kind.SIGNATURE);
        assertThat(SampleTrail.verify(SampleTrail.bytes(signed), strict, key.publicKey())
                        .isWhole())
                .isTrue();
        assertThat(SampleTrail.verify(SampleTrail.bytes(signed), strict).isWhole())
                .isFalse();
        List<String> without = new SampleTrail(key).statements(3).lines;
        assertThat(SampleTrail.verify(SampleTrail.bytes(without), strict, key.publicKey())
                        .findings())
                .extracting(Finding::text)
                .containsExactly("no checkpoint is signed with a given key");
    }

    @Test
    void forgedCheckpointIsNamed() throws Exception {
        // Given
        SampleTrail forger = new SampleTrail(SampleTrail.key()).statements(3);
        Checkpoint made = forger.chain.checkpoint(key);
        String signature = String.valueOf(made.signature());
        String keyId = key.publicKey().id();

        // Then
        assertThat(checkpoint(3, 1, 3, 3, made.root(), keyId, signature)).isEmpty();
        assertThat(checkpoint(3, 1, 3, 3, "ab".repeat(32), keyId, signature))
                .containsExactly(Kind.SIGNATURE, Kind.CHECKPOINT);
        assertThat(checkpoint(3, 1, 2, 2, made.root(), keyId, signature)).containsExactly(Kind.CHECKPOINT);
        assertThat(checkpoint(3, 2, 3, 2, made.root(), keyId, signature)).contains(Kind.CHECKPOINT);
        assertThat(checkpoint(3, 1, 3, 4, made.root(), keyId, signature)).containsExactly(Kind.CHECKPOINT);
        assertThat(checkpoint(4, 1, 4, 4, made.root(), keyId, signature))
                .containsExactly(Kind.SIGNATURE, Kind.CHECKPOINT);
        assertThat(checkpoint(3, 1, 3, 3, made.root(), keyId, "AAAA")).containsExactly(Kind.SIGNATURE);
        assertThat(checkpoint(3, 1, 3, 3, made.root(), "0123456789abcdef", signature))
                .containsExactly(Kind.SIGNATURE);
    }

    @Test
    void shuffledTrailOfManyPartsIsPutInOrder() throws Exception {
        // Given
        SampleTrail trail = new SampleTrail(key);
        for (int i = 0; i < 20; i++) {
            trail.statements(99).checkpoint();
        }
        Collections.shuffle(trail.lines, new Random(1));
        List<Link> links = new ArrayList<>();

        // When
        TrailReport report = SampleTrail.verify(SampleTrail.bytes(trail.lines), ANY_ORDER, key.publicKey());
        try (SortedLinks sorted = new SortedLinks(64)) {
            new TrailReader(List.of(SampleTrail.source(trail.bytes())), (bytes, records) -> {})
                    .read((batch, source) -> {
                        for (Link link : batch.links) {
                            sorted.add(link);
                        }
                    });
            sorted.forEach(links::add);
        }

        // Then
        assertThat(report.findings()).isEmpty();
        assertThat(report.chains().getFirst().signed()).isEqualTo(20);
        assertThat(links).extracting(Link::seq).isSorted().hasSize(2000).doesNotHaveDuplicates();
    }

    @Test
    void longTrailIsVerifiedInManyBatches() throws Exception {
        // Given
        SampleTrail trail = new SampleTrail(key);
        for (int i = 0; i < 10; i++) {
            trail.statements(1000).checkpoint();
        }
        List<String> lines = trail.lines;
        lines.remove(7000);
        lines.set(5000, lines.get(5000).replace("FROM t", "FROM u"));

        // When
        TrailReport report = SampleTrail.verify(lines, key.publicKey());

        // Then
        assertThat(report.findings())
                .extracting(Finding::text)
                .satisfiesExactly(
                        edited -> assertThat(edited).startsWith("record 5001 was changed"),
                        missing -> assertThat(missing).isEqualTo("missing 7001"));
        assertThat(report.findings().getFirst().location()).isEqualTo("trail:5001");
        assertThat(report.chains().getFirst().signed()).isEqualTo(10);
    }

    private static List<Kind> checkpoint(
            int statements, long first, long last, long records, String root, String keyId, String signature)
            throws Exception {
        SampleTrail trail = new SampleTrail(key).statements(statements);
        trail.add(
                "audit.checkpoint",
                "\"checkpoint\":{\"first_seq\":" + first + ",\"last_seq\":" + last + ",\"records\":" + records
                        + ",\"root\":\"" + root + "\",\"key_id\":\"" + keyId + "\",\"signature\":\"" + signature
                        + "\"}",
                "");
        return SampleTrail.verify(trail.lines, key.publicKey()).findings().stream()
                .map(Finding::kind)
                .toList();
    }

    private static List<String> findings(int index, String line) throws Exception {
        List<String> lines = SampleTrail.small(key).lines;
        lines.set(index, line);
        return SampleTrail.verify(lines, key.publicKey()).findings().stream()
                .map(Finding::text)
                .toList();
    }

    private static List<String> concat(List<String> one, List<String> two) {
        List<String> all = new ArrayList<>(one);
        all.addAll(two);
        return all;
    }

    /** What the lines say, however they are written. */
    private static List<JsonNode> meaning(byte[] trail) {
        List<JsonNode> meaning = new ArrayList<>();
        for (String line : new String(trail, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isEmpty()) {
                meaning.add(MAPPER.readTree(line));
            }
        }
        return meaning;
    }
}
