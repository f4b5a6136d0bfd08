package io.pgweir.audit.seal;

import io.pgweir.audit.RecordBuffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as the writer makes them, sealed by the real chain. */
final class SampleTrail {
    static final String CHAIN = "0195512a-1c00-7000-8000-00000000c0de";

    final Chain chain;
    final List<String> lines = new ArrayList<>();
    private final RecordBuffer buffer = new RecordBuffer(1024);
    private final @Nullable SigningKey key;

    SampleTrail(@Nullable SigningKey key) {
        this(CHAIN, key);
    }

    SampleTrail(String uid, @Nullable SigningKey key) {
        chain = new Chain(uid);
        this.key = key;
    }

    /** One statement, of its number. */
    SampleTrail statement() {
        return add("statement", "\"sql\":{\"text\":\"SELECT '\\\\é€😀' FROM t WHERE n = " + chain.seq() + "\"}", "");
    }

    SampleTrail statements(int count) {
        for (int i = 0; i < count; i++) {
            statement();
        }
        return this;
    }

    /** One whose text and second parameter are committed to; the first parameter was erased. */
    SampleTrail opened() {
        String text = "SELECT 'ä\"'";
        String members = "\"sql\":{\"commitment\":\"" + commitment("00ff", text)
                + "\"},\"parameters\":[{\"type\":\"int4\",\"commitment\":\"" + commitment("01", "42")
                + "\"},{\"commitment\":\"" + commitment("ab", "x") + "\"}]";
        String open =
                "{\"sql\":{\"salt\":\"00ff\",\"text\":\"SELECT 'ä\\\"'\"},\"parameters\":[null,{\"salt\":\"ab\",\"value\":\"x\"}]}";
        return add("statement", members, ",\"open\":" + open);
    }

    SampleTrail checkpoint() {
        Checkpoint made = chain.checkpoint(key);
        String signed = made.signature() == null
                ? ""
                : ",\"key_id\":\"" + made.keyId() + "\",\"signature\":\"" + made.signature() + "\"";
        return add(
                "audit.checkpoint",
                "\"checkpoint\":{\"first_seq\":" + made.first() + ",\"last_seq\":" + made.last() + ",\"records\":"
                        + made.records() + ",\"root\":\"" + made.root() + "\"" + signed + "}",
                "");
    }

    SampleTrail resumes(SampleTrail other, long seq, String hash) {
        return add(
                "audit.start",
                "\"resumes\":{\"chain\":\"" + other.chain.uid() + "\",\"seq\":" + seq + ",\"last_hash\":\"" + hash
                        + "\",\"cut_bytes\":0}",
                "");
    }

    SampleTrail add(String type, String members, String open) {
        buffer.reset();
        buffer.writeBytes(("{\"version\":1,\"id\":\"0195512a-1c00-7000-8000-0000000000ff\",\"type\":\"" + type
                        + "\",\"time\":\"2026-03-01T09:30:00.250000Z\",\"chain\":\"" + chain.uid() + "\",\"seq\":"
                        + chain.seq()
                        + ",\"agent\":{\"instance\":\"weir-1\",\"version\":\"0.1.0\"}"
                        + (members.isEmpty() ? "" : "," + members))
                .getBytes(StandardCharsets.UTF_8));
        if (type.equals("audit.checkpoint")) {
            chain.sealCheckpoint(buffer, 0);
        } else {
            chain.seal(buffer, 0);
        }
        lines.add(buffer.toString(StandardCharsets.UTF_8) + open + "}");
        return this;
    }

    /** start, 3 statements, one with opened values, checkpoint, 3 statements, checkpoint, 2 statements: numbers 1 to 12. */
    static SampleTrail small(@Nullable SigningKey key) {
        return new SampleTrail(key)
                .add("audit.start", "\"settings\":{}", "")
                .statements(3)
                .opened()
                .checkpoint()
                .statements(3)
                .checkpoint()
                .statements(2);
    }

    byte[] bytes() {
        return bytes(lines);
    }

    static byte[] bytes(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static String commitment(String salt, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        byte[] salted = java.util.HexFormat.of().parseHex(salt);
        byte[] all = Arrays.copyOf(salted, salted.length + bytes.length);
        System.arraycopy(bytes, 0, all, salted.length, bytes.length);
        return Hashes.hex(Hashes.sha256().digest(all));
    }

    static TrailReport verify(List<String> lines, PublicSealKey... keys) throws Exception {
        return verify(bytes(lines), keys);
    }

    static TrailReport verify(byte[] trail, PublicSealKey... keys) throws Exception {
        return verify(trail, new TrailVerifier.Options(false, false, false), keys);
    }

    static TrailReport verify(byte[] trail, TrailVerifier.Options options, PublicSealKey... keys) throws Exception {
        return new TrailVerifier(Arrays.asList(keys), options).verify(List.of(source(trail)), (bytes, records) -> {});
    }

    static RecordSource source(byte[] trail) throws IOException {
        return TrailFiles.open("trail", new ByteArrayInputStream(trail));
    }

    static SigningKey key() throws IOException {
        java.nio.file.Path directory = java.nio.file.Files.createTempDirectory("keys");
        java.nio.file.Path file = directory.resolve("seal.pem");
        try {
            return SealKeys.create(file);
        } finally {
            java.nio.file.Files.delete(file);
            java.nio.file.Files.delete(SealKeys.publicFile(file));
            java.nio.file.Files.delete(directory);
        }
    }
}
