package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.NativeRecords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkJoinerTest {
    private final ChunkJoiner joiner = new ChunkJoiner(1 << 20);

    private static Chunk chunk(String id, int index, int count, String text, String whole) {
        return new Chunk(id, index, count, Digests.sha256(bytes(whole)), bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<String> text(Optional<byte[]> whole) {
        return whole.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void joinsPiecesInAnyOrderAndMoreThanOnce() {
        assertThat(joiner.add(chunk("r", 1, 3, "b", "abc"))).isEmpty();
        assertThat(joiner.add(chunk("r", 2, 3, "c", "abc"))).isEmpty();
        assertThat(joiner.add(chunk("r", 2, 3, "c", "abc"))).isEmpty();
        assertThat(text(joiner.add(chunk("r", 0, 3, "a", "abc")))).contains("abc");
        assertThat(joiner.unjoined()).isEmpty();
    }

    @Test
    void aTryThatWasCutOtherwiseIsNotMixedIn() {
        assertThat(joiner.add(chunk("r", 1, 2, "c", "abc"))).isEmpty();
        assertThat(joiner.add(chunk("r", 0, 3, "a", "abc"))).isEmpty();
        assertThat(joiner.add(chunk("r", 1, 3, "b", "abc"))).isEmpty();
        assertThat(text(joiner.add(chunk("r", 2, 3, "c", "abc")))).contains("abc");
        assertThat(joiner.unjoined()).isEmpty();
    }

    @Test
    void tellsWhatIsMissingAndWhatIsNotWhatItWas() {
        assertThat(joiner.add(chunk("half", 0, 2, "a", "ab"))).isEmpty();
        assertThat(joiner.add(chunk("edited", 0, 2, "a", "ab"))).isEmpty();
        assertThat(joiner.add(chunk("edited", 1, 2, "X", "ab"))).isEmpty();
        assertThat(joiner.unjoined())
                .containsExactly(
                        "record edited: its 2 pieces are not what they were cut from",
                        "record half: 1 of its 2 pieces are there");
    }

    @Test
    void givesUpTheOldestWhenTooMuchWaits() {
        // Given
        ChunkJoiner small = new ChunkJoiner(10);
        assertThat(small.add(chunk("old", 0, 2, "123456", "-"))).isEmpty();
        assertThat(small.add(chunk("new", 0, 2, "12345", "1234567890"))).isEmpty();
        // When // Then
        assertThat(text(small.add(chunk("new", 1, 2, "67890", "1234567890")))).contains("1234567890");
        assertThat(small.unjoined()).containsExactly("record old: 1 of its 2 pieces are there");
    }

    @Test
    void noRecordHasSuchPieces() {
        assertThatThrownBy(() -> chunk("r", 2, 2, "", "")).hasMessage("piece 2 of 2 of record r");
        assertThatThrownBy(() -> chunk("r", -1, 2, "", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> chunk("r", 0, 0, "", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 100)
    void piecesAsTextFitAndMakeUpTheRecord(
            @ForAll String sql, @ForAll @IntRange(min = 1, max = 2000) int times, @ForAll Random random) {
        // Given: anything that may stand in a text, controls and halves of pairs included
        String words = ("{\"a\":\"\\" + sql + "\u20ac\ud83d\ude00\"}").repeat(times);
        byte[] whole = bytes(words);
        AuditRecord.Head head = NativeRecords.statement(1, 1, "").head();
        // When
        List<String> pieces = new ArrayList<>(ChunkText.pieces(head, whole, Fitter.BYTES_MIN));
        // Then
        Collections.shuffle(pieces, random);
        Optional<byte[]> joined = Optional.empty();
        ChunkJoiner patient = new ChunkJoiner(1L << 40);
        for (String piece : pieces) {
            assertThat(bytes(piece).length).isLessThanOrEqualTo(Fitter.BYTES_MIN);
            Chunk chunk = ChunkText.read(bytes(piece));
            assertThat(chunk).isNotNull();
            if (chunk != null) {
                joined = patient.add(chunk);
            }
        }
        assertThat(joined).isPresent();
        assertThat(joined.orElseThrow()).isEqualTo(whole);
    }

    @Test
    void garbageIsNoPiece() {
        for (String garbage : new String[] {
            "",
            "{}",
            "{\"version\":1}",
            "{\"chunk\":{",
            "{\"chunk\":{}}",
            "{\"chunk\":{\"index\":3,\"count\":2}}",
            "{\"chunk\":{\"index\":\"x\"}}",
            "{\"chunk\":{\"id\":1,\"index\":99999999999}}",
            NativeRecords.heartbeat(1).toString()
        }) {
            assertThat(ChunkText.read(bytes(garbage))).as(garbage).isNull();
        }
    }
}
