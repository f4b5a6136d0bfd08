package io.pgweir.capture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ways into a file, and all that a login says. */
class SecretsTest {
    private static final byte[] SECRET = "\0\0\0\nSCRAM-SHA-256\0hunter2".getBytes(US_ASCII);
    private static final byte[] KEY = {0, 0, 4, 1, 'k', 'e', 'y', '!'};

    @TempDir
    Path dir;

    @Test
    void fileTakesNothingOfALogin() throws IOException {
        // Given
        Path file = dir.resolve("x.pgcap");

        // When
        try (CaptureFileWriter writer = CaptureFileWriter.create(file, SampleRecords.HEADER, null)) {
            assertThat(writer.append(login(Direction.FRONTEND, 'p', SECRET))).isFalse();
            assertThat(writer.append(login(Direction.BACKEND, 'R', SECRET))).isFalse();
            assertThat(writer.append(login(Direction.BACKEND, 'R', new byte[4])))
                    .isTrue();
            assertThat(writer.append(login(Direction.BACKEND, 'K', KEY))).isTrue();
            writer.append(openWith(new Setting("password", "hunter2"), new Setting("app.api_TOKEN", "hunter2")));
        }

        // Then
        assertThatNothingLeaked(file);
    }

    @Test
    void sessionTakesNothingOfALogin() throws IOException {
        // When
        CaptureWriter writer =
                CaptureWriter.start(dir, SampleRecords.HEADER, null, CaptureWriter.Options.DEFAULT, System::nanoTime);
        CapturedSession session = writer.open(System.nanoTime(), openWith(new Setting("sslpassword", "hunter2")));
        say(session, Direction.FRONTEND, 'p', SECRET);
        say(session, Direction.BACKEND, 'R', SECRET);
        say(session, Direction.BACKEND, 'K', KEY);
        ByteBuf body = Unpooled.wrappedBuffer(SECRET);
        session.part(1, Direction.FRONTEND, (byte) 'p', 0, 1, SECRET.length, body, 0, 10, true, false);
        session.part(1, Direction.FRONTEND, (byte) 'p', 0, 1, SECRET.length, body, 10, SECRET.length - 10, false, true);
        session.part(
                1, Direction.BACKEND, (byte) 'K', 0, 1, KEY.length, Unpooled.wrappedBuffer(KEY), 0, 6, true, false);
        session.end(System.nanoTime(), "terminate");
        writer.close();

        // Then
        assertThatNothingLeaked(dir.resolve(SampleRecords.HEADER.fileName()));
        assertThat(writer.droppedMessages()).isZero();
    }

    private static void say(CapturedSession session, Direction direction, char type, byte[] body) {
        session.message(1, direction, (byte) type, 0, 1, Unpooled.wrappedBuffer(body), 0, body.length);
    }

    private static Message login(Direction direction, char type, byte[] body) {
        return SampleRecords.message(1, 1, direction, type, body);
    }

    private static SessionOpen openWith(Setting... settings) {
        SessionOpen open = SampleRecords.open(1, 0);
        return new SessionOpen(
                1,
                0,
                open.id(),
                open.origin(),
                open.user(),
                open.database(),
                open.application(),
                open.protocol(),
                List.of(settings),
                open.client(),
                open.server());
    }

    /** The blocks are too small to be compressed into something else: what is in them can be seen. */
    private static void assertThatNothingLeaked(Path file) throws IOException {
        StringBuilder plain = new StringBuilder();
        try (CaptureReader reader = CaptureReader.open(file, List.of(), _ -> {})) {
            CaptureReader.Records records = reader.records(Selection.ALL);
            for (CaptureRecord next = records.next(); next != null; next = records.next()) {
                Packed packed = new Packed(100);
                Records.write(next, packed);
                plain.append(new String(packed.copy(), ISO_8859_1));
                if (next instanceof Message message && message.type() == 'K') {
                    assertThat(message.body()).containsExactly(0, 0, 4, 1, 0, 0, 0, 0);
                    assertThat(message.is(Message.REDACTED)).isTrue();
                }
            }
        }
        assertThat(plain).doesNotContain("hunter2").doesNotContain("SCRAM").doesNotContain("key!");
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
                .doesNotContain("hunter2")
                .doesNotContain("key!");
    }
}
