package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.testing.PacketFile;
import io.pgweir.testing.PacketTalk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CaptureImportCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private byte[] packets = new byte[0];

    @TempDir
    Path dir;

    @BeforeEach
    void talk() {
        PacketFile file = PacketFile.pcap();
        new PacketTalk(file, 40_000).login("").query("select 1", "one").quit();
        packets = file.bytes();
    }

    @Test
    void packetsBecomeACaptureThatTheOtherCommandsRead() throws IOException {
        // Given
        Path in = Files.write(dir.resolve("in.pcap"), packets);

        // When
        int code = execute("capture", "import", in.toString(), "--out", dir.toString());

        // Then
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("imported 1 sessions, 9 messages, 0 cancels, 0.0 s: " + dir)
                .endsWith("read 11 packets, 1 connections\n");
        assertThat(execute("capture", "verify", dir.toString())).isZero();
        assertThat(execute("capture", "ls", "--sessions", dir.toString())).isZero();
        assertThat(out.toString()).contains("alice@shop").contains("client-terminated");
    }

    @Test
    void oneFileIsWrittenOnceAndEncryptedWithAKey() throws IOException {
        // Given
        Path in = Files.write(dir.resolve("in.pcap"), packets);
        Path key = Files.writeString(dir.resolve("key"), "ab".repeat(32));
        String to = dir.resolve("made.pgcap").toString();
        String[] command = {"capture", "import", in.toString(), "--out", to, "--key-file", key.toString(), "--json"};

        // When
        int code = execute(command);

        // Then
        assertThat(code).isZero();
        JsonNode json = new JsonMapper().readTree(out.toString());
        assertThat(json.at("/files/0").asString()).isEqualTo(to);
        assertThat(json.at("/connections/encrypted").asLong()).isZero();
        assertThat(execute("capture", "verify", to)).isEqualTo(ExitCode.CONFIG);
        assertThat(execute("capture", "verify", "--key-file", key.toString(), to))
                .isZero();
        assertThat(execute(command)).isEqualTo(ExitCode.IO);
        assertThat(err.toString()).endsWith("pgweir: --out: " + to + ": is there already\n");
    }

    @Test
    void whatIsNoFileOfPacketsOrHasNoSessionIsSaid() throws IOException {
        // Given
        Path foreign = Files.writeString(dir.resolve("notes.txt"), "nothing of that kind");
        Path in = Files.write(dir.resolve("in.pcap"), packets);
        Path torn = Files.write(dir.resolve("torn.pcap"), Arrays.copyOf(packets, packets.length - 3));
        String to = dir.resolve("made").toString();

        // Then
        assertThat(execute("capture", "import", foreign.toString(), "--out", to))
                .isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).startsWith("pgweir: " + foreign + ": magic number: 6e6f7468 (expected: a1b2c3d4");
        assertThat(execute("capture", "import", "--port", "6000", in.toString(), "--out", to))
                .isEqualTo(ExitCode.DATA);
        assertThat(out.toString()).endsWith("11 packets left out: to and from other ports\n");
        assertThat(execute("capture", "import", dir.resolve("none").toString(), "--out", to))
                .isEqualTo(ExitCode.NO_INPUT);
        assertThat(execute("capture", "import", "--port", "0", in.toString(), "--out", to))
                .isEqualTo(ExitCode.USAGE);
        assertThat(Path.of(to)).isEmptyDirectory();
        assertThat(execute("capture", "import", torn.toString(), "--out", to)).isEqualTo(ExitCode.DATA);
        assertThat(err.toString()).contains(torn + ": ends within a packet: ");
        assertThat(execute("capture", "verify", to)).isZero();
    }

    @Test
    void garbageIsNeverAFaultOfOurs() throws IOException {
        // Given
        Random random = new Random(7);
        Path in = dir.resolve("in.pcap");

        // When
        for (int i = 0; i < 60; i++) {
            byte[] bytes = packets.clone();
            for (int n = random.nextInt(20); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(in, i % 3 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            String to = dir.resolve("made" + i).toString();
            int code = execute("capture", "import", in.toString(), "--out", to);

            // Then
            assertThat(code).as("%d: %s", i, err).isIn(ExitCode.OK, ExitCode.DATA);
        }
        assertThat(err.toString()).doesNotContain("Exception");
    }

    private int execute(String... args) {
        return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
