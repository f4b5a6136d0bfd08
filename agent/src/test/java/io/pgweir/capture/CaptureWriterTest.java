package io.pgweir.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.wire.TransactionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureWriterTest {
    private static final Duration SYNC = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final CountDownLatch disk = new CountDownLatch(1);
    private final List<CaptureFault> faults = new ArrayList<>();

    @Test
    void whatASessionSaysIsInTheFile() throws IOException {
        // Given
        CaptureWriter writer = start(CaptureWriter.Options.DEFAULT, clock::get);
        byte[] copy = new byte[300_000];
        new Random(1).nextBytes(copy);

        // When
        clock.addAndGet(5_000);
        CapturedSession session = writer.open(clock.get(), SampleRecords.open(1, 99));
        session.state(state(List.of(new Statement("s1", "select $1", List.of(23)))));
        say(session, 1, "select 1");
        ByteBuf body = Unpooled.wrappedBuffer(copy);
        session.part(clock.get(), Direction.FRONTEND, (byte) 'd', 0, 2, copy.length, body, 0, 200_000, true, false);
        session.part(
                clock.get(), Direction.FRONTEND, (byte) 'd', 0, 2, copy.length, body, 200_000, 100_000, false, true);
        session.response(clock.get(), new Response(0, 0, 1, 1, 10, "SELECT 1", "", 1, 2, 3, 4, 0));
        session.cancel(clock.get());
        session.end(clock.get(), "terminate");
        writer.close();

        // Then
        List<CaptureRecord> records = readAll();
        assertThat(records.getFirst()).isEqualTo(SampleRecords.open(1, 5_000));
        assertThat(records.get(1)).isEqualTo(state(List.of(new Statement("s1", "select $1", List.of(23)))));
        assertThat(records.getLast()).isEqualTo(new SessionEnd(1, 5_000, "terminate"));
        MessageParts parts = new MessageParts(1 << 20);
        List<Message> messages = records.stream()
                .filter(Message.class::isInstance)
                .map(record -> parts.join((Message) record))
                .filter(Objects::nonNull)
                .toList();
        assertThat(messages).extracting(Message::bodyLength).containsExactly(9, 300_000);
        assertThat(messages.getLast().body()).isEqualTo(copy);
        assertThat(faults).isEmpty();
    }

    @Test
    void answersAreLeftOutWhereOnlyClientsAreWanted() throws IOException {
        // Given
        CaptureHeader header = SampleRecords.HEADER;
        CaptureHeader frontendOnly = new CaptureHeader(
                header.agent(),
                header.capture(),
                0,
                header.started(),
                header.servers(),
                new CaptureHeader.Options(true, "none", header.options().filters()),
                "",
                header.pgweir());
        CaptureWriter writer = CaptureWriter.start(dir, frontendOnly, null, CaptureWriter.Options.DEFAULT, clock::get);

        // When
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        say(session, 1, "select 1");
        session.message(0, Direction.BACKEND, (byte) 'D', 0, 1, Unpooled.wrappedBuffer(new byte[10]), 0, 10);
        writer.close();

        // Then
        assertThat(readAll()).hasSize(2).noneMatch(CaptureWriterTest::isBackend);
    }

    @Test
    void whatTheQueueHasNoRoomForIsCountedAndTold() throws IOException {
        // Given
        CaptureWriter writer = start(new CaptureWriter.Options(4096, 1 << 20, SYNC, CLOSE), this::timeBehindTheDisk);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));

        // When
        for (int i = 0; i < 200; i++) {
            say(session, i, "select " + i);
        }
        CapturedSession late = writer.open(0, SampleRecords.open(1, 0));
        say(late, 1, "select 'late'");
        late.end(0, "terminate");
        long dropped = writer.droppedMessages();
        disk.countDown();
        await().until(() -> writer.waitingBytes() == 0);
        say(session, 200, "select 200");
        writer.close();

        // Then
        List<CaptureRecord> records = readAll();
        long kept = records.stream().filter(Message.class::isInstance).count();
        long told = records.stream()
                .mapToLong(record -> record instanceof Gap gap ? gap.messages() : 0)
                .sum();
        assertThat(dropped).isPositive();
        assertThat(told).isEqualTo(dropped);
        assertThat(kept + told).isEqualTo(202);
        assertThat(of(records, 2))
                .extracting(CaptureRecord::getClass)
                .containsExactly(SessionOpen.class, Gap.class, SessionEnd.class);
        List<CaptureRecord> first = of(records, 1);
        assertThat(first.getLast()).isInstanceOf(Message.class);
        assertThat(first.get(first.size() - 2)).isInstanceOf(Gap.class);
        verify();
        assertThat(faults).hasSize(2).allMatch(fault -> fault.kind() == CaptureFault.Kind.GAP);
    }

    @Test
    void restOfAMessageIsLeftOutWithItsBeginning() throws IOException {
        // Given
        CaptureWriter writer = start(new CaptureWriter.Options(4096, 1 << 20, SYNC, CLOSE), this::timeBehindTheDisk);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        ByteBuf body = Unpooled.wrappedBuffer(new byte[5000]);

        // When
        session.part(0, Direction.FRONTEND, (byte) 'd', 0, 1, 5000, body, 0, 2000, true, false);
        disk.countDown();
        await().until(() -> writer.waitingBytes() == 0);
        session.part(0, Direction.FRONTEND, (byte) 'd', 0, 1, 5000, body, 2000, 500, false, false);
        session.part(0, Direction.FRONTEND, (byte) 'd', 0, 1, 5000, body, 2500, 500, false, true);
        say(session, 2, "select 1");
        writer.close();

        // Then
        List<CaptureRecord> records = readAll();
        assertThat(records).filteredOn(Message.class::isInstance).hasSize(1);
        assertThat(records)
                .filteredOn(Gap.class::isInstance)
                .singleElement()
                .isEqualTo(new Gap(1, 0, Gap.Why.QUEUE_FULL, 1, 3000));
    }

    @Test
    void longStateComesInPieces() throws IOException {
        // Given
        CaptureWriter writer = start(CaptureWriter.Options.DEFAULT, clock::get);
        List<Statement> statements = IntStream.range(0, 100)
                .mapToObj(i -> new Statement("s" + i, "x".repeat(20_000), List.of()))
                .toList();

        // When
        writer.open(0, SampleRecords.open(1, 0)).state(state(statements));
        writer.close();

        // Then
        List<CaptureRecord> records = readAll();
        assertThat(records).filteredOn(SessionState.class::isInstance).hasSizeGreaterThan(1);
        assertThat(records.stream()
                        .filter(SessionState.class::isInstance)
                        .flatMap(record -> ((SessionState) record).statements().stream()))
                .isEqualTo(statements);
    }

    @Test
    void filesFollowEachOtherAndTellOfOpenSessionsAgain() throws IOException {
        // Given
        CaptureWriter writer = start(new CaptureWriter.Options(1 << 22, 300_000, SYNC, CLOSE), clock::get);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        byte[] noise = new byte[100_000];

        // When
        for (int i = 0; i < 12; i++) {
            new Random(i).nextBytes(noise);
            session.message(0, Direction.FRONTEND, (byte) 'd', 0, i, Unpooled.wrappedBuffer(noise), 0, noise.length);
        }
        writer.close();

        // Then
        List<Path> files = CapturePaths.files(List.of(dir));
        assertThat(files).hasSizeGreaterThan(2);
        List<CaptureRecord> records = readAll();
        assertThat(records)
                .filteredOn(SessionOpen.class::isInstance)
                .extracting(open -> ((SessionOpen) open).origin())
                .hasSize(files.size())
                .startsWith(Origin.BEGAN)
                .endsWith(Origin.CONTINUED);
        assertThat(records).filteredOn(Message.class::isInstance).hasSize(12);
        assertThat(faults).isEmpty();
    }

    @Test
    void aCaptureEndsWhereItsDirectoryIsFull() throws IOException {
        // Given
        Files.write(dir.resolve("older.pgcap"), new byte[400_000]);
        Files.write(dir.resolve("no-capture.txt"), new byte[1 << 20]);
        Counted counted = new Counted();
        CaptureWriter writer = start(limited(1_200_000, counted), clock::get);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        byte[] noise = new byte[100_000];

        // When
        for (int i = 0; i < 20; i++) {
            new Random(i).nextBytes(noise);
            session.message(0, Direction.FRONTEND, (byte) 'd', 0, i, Unpooled.wrappedBuffer(noise), 0, noise.length);
        }
        await().until(() -> counted.full.get() == 1);
        session.message(0, Direction.FRONTEND, (byte) 'd', 0, 99, Unpooled.wrappedBuffer(noise), 0, noise.length);
        writer.close();

        // Then
        assertThat(Files.size(dir.resolve("older.pgcap"))).isEqualTo(400_000);
        Files.delete(dir.resolve("older.pgcap"));
        List<CaptureRecord> records = readAll();
        List<Message> kept = records.stream()
                .filter(Message.class::isInstance)
                .map(Message.class::cast)
                .toList();
        assertThat(faults).isEmpty();
        assertThat(kept)
                .extracting(Message::request)
                .startsWith(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L)
                .doesNotContain(19L);
        assertThat(records).noneMatch(Gap.class::isInstance);
        long written = 0;
        for (Path file : CapturePaths.files(List.of(dir))) {
            written += Files.size(file);
        }
        assertThat(written).isBetween(800_000L, 1_200_000L).isEqualTo(counted.written.get());
        assertThat(counted.messages.get()).isEqualTo(kept.size());
        assertThat(counted.dropped).isEmpty();
    }

    @Test
    void aCaptureGoesOnWhereSomebodyMadeRoom() throws IOException {
        // Given
        Path older = dir.resolve("older.pgcap");
        Files.write(older, new byte[900_000]);
        Counted counted = new Counted();
        CaptureWriter writer = start(limited(1_000_000, counted), clock::get);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        byte[] noise = new byte[100_000];

        // When
        Files.delete(older);
        for (int i = 0; i < 6; i++) {
            new Random(i).nextBytes(noise);
            session.message(0, Direction.FRONTEND, (byte) 'd', 0, i, Unpooled.wrappedBuffer(noise), 0, noise.length);
        }
        writer.close();

        // Then
        assertThat(readAll()).filteredOn(Message.class::isInstance).hasSize(6);
        assertThat(counted.full.get()).isZero();
    }

    @Test
    void noCaptureBeginsInAFullDirectory() throws IOException {
        Files.write(dir.resolve("older.pgcap"), new byte[2000]);

        assertThatThrownBy(() -> start(limited(2000, CaptureListener.NONE), clock::get))
                .isInstanceOf(CaptureFullException.class)
                .hasMessageContaining("2000 bytes of captures (expected: fewer than 2000)");
        assertThat(CapturePaths.files(List.of(dir))).hasSize(1);
    }

    private static CaptureWriter.Options limited(long directoryBytesMax, CaptureListener listener) {
        return new CaptureWriter.Options(1 << 22, 300_000, directoryBytesMax, SYNC, CLOSE, listener);
    }

    private static final class Counted implements CaptureListener {
        private final AtomicLong messages = new AtomicLong();
        private final AtomicLong written = new AtomicLong();
        private final AtomicLong full = new AtomicLong();
        private final Map<Gap.Why, Long> dropped = new ConcurrentHashMap<>();

        @Override
        public void onMessage(boolean begins, int bodyBytes) {
            messages.addAndGet(begins ? 1 : 0);
        }

        @Override
        public void onDropped(Gap.Why why, long count) {
            dropped.merge(why, count, Long::sum);
        }

        @Override
        public void onWritten(long bytes) {
            written.addAndGet(bytes);
        }

        @Override
        public void onFull() {
            full.incrementAndGet();
        }
    }

    @Test
    void whatWasSyncedCanBeReadWhileTheFileGrows() throws IOException {
        // Given
        CaptureWriter writer = start(new CaptureWriter.Options(1 << 20, 1 << 20, Duration.ZERO, CLOSE), clock::get);

        // When
        say(writer.open(0, SampleRecords.open(1, 0)), 1, "select 1");

        // Then
        await().until(() -> readAll().size() == 2);
        assertThat(faults.getLast().kind()).isEqualTo(CaptureFault.Kind.UNCLOSED);
        writer.close();
    }

    @Test
    void whatTheDiskDoesNotTakeIsToldByTheNextFile() throws IOException {
        // Given
        CaptureWriter writer = start(new CaptureWriter.Options(1 << 22, 300_000, Duration.ZERO, CLOSE), clock::get);
        CapturedSession session = writer.open(0, SampleRecords.open(1, 0));
        byte[] noise = new byte[128_000];
        Path file = CapturePaths.files(List.of(dir)).getFirst();
        Files.delete(file);
        Files.delete(dir);

        // When
        for (int i = 0; i < 8; i++) {
            new Random(i).nextBytes(noise);
            session.message(0, Direction.FRONTEND, (byte) 'd', 0, i, Unpooled.wrappedBuffer(noise), 0, noise.length);
        }
        await().until(() -> writer.waitingBytes() == 0);
        Files.createDirectory(dir);
        clock.addAndGet(2_000_000_000);
        say(session, 9, "select 1");
        writer.close();

        // Then
        List<CaptureRecord> records = readAll();
        assertThat(records.getFirst()).isInstanceOfSatisfying(Gap.class, gap -> {
            assertThat(gap.session()).isZero();
            assertThat(gap.why()).isEqualTo(Gap.Why.DISK);
            assertThat(gap.messages()).isPositive();
        });
        assertThat(records.get(1)).isInstanceOf(SessionOpen.class);
        assertThat(records.getLast()).isInstanceOf(Message.class);
    }

    private static boolean isBackend(CaptureRecord record) {
        return record instanceof Message message && message.direction() == Direction.BACKEND;
    }

    private CaptureWriter start(CaptureWriter.Options options, LongSupplier nanoTime) throws IOException {
        return CaptureWriter.start(dir, SampleRecords.HEADER, null, options, nanoTime);
    }

    /** The writer looks at the clock once a round: it stands there until the disk is said to be fast again. */
    private long timeBehindTheDisk() {
        if (Thread.currentThread().getName().equals("pgweir-capture")) {
            try {
                disk.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return clock.get();
    }

    private static SessionState state(List<Statement> statements) {
        return new SessionState(1, 5_000, TransactionStatus.IDLE, List.of(), statements, List.of(), List.of("jobs"));
    }

    private void say(CapturedSession session, long request, String sql) {
        ByteBuf body = Unpooled.copiedBuffer(sql + "\0", US_ASCII);
        session.message(clock.get(), Direction.FRONTEND, (byte) 'Q', 0, request, body, 0, body.readableBytes());
    }

    private static List<CaptureRecord> of(List<CaptureRecord> records, long session) {
        return records.stream().filter(record -> record.session() == session).toList();
    }

    private List<CaptureRecord> readAll() throws IOException {
        List<CaptureRecord> found = new ArrayList<>();
        for (Path file : CapturePaths.files(List.of(dir))) {
            try (CaptureReader reader = CaptureReader.open(file, List.of(), faults::add)) {
                CaptureReader.Records records = reader.records(Selection.ALL);
                for (CaptureRecord next = records.next(); next != null; next = records.next()) {
                    found.add(next);
                }
            }
        }
        return found;
    }

    private void verify() throws IOException {
        for (Path file : CapturePaths.files(List.of(dir))) {
            try (CaptureReader reader = CaptureReader.open(file, List.of(), faults::add)) {
                reader.verify(CaptureReader.Progress.NONE);
            }
        }
    }
}
