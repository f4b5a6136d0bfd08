package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import io.pgweir.config.AuditConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    private final Telemetry telemetry = new Telemetry();
    private final Told told = new Told();

    private Delivery start(Spool spool, AuditSink... sinks) throws IOException {
        Delivery delivery = new Delivery(
                spool,
                List.of(sinks),
                told,
                telemetry,
                () -> new Backoff(Duration.ofNanos(1000), Duration.ofMillis(2)));
        delivery.start();
        return delivery;
    }

    private Spool open() throws IOException {
        return Spool.open(Records.config(dir), telemetry);
    }

    @Test
    void everySinkGetsEverythingInOrder() throws Exception {
        // Given
        Taker one = new Taker("one");
        Taker two = new Taker("two");
        try (Spool spool = open()) {
            Records.append(spool, 1, 1000);
            spool.force();
            // When
            Delivery delivery = start(spool, one, two);
            Records.append(spool, 1001, 3000);
            spool.force();
            delivery.close(SOON);
            // Then
            assertThat(one.taken()).isEqualTo(Records.texts(1, 3000));
            assertThat(two.taken()).isEqualTo(Records.texts(1, 3000));
            assertThat(one.closed).isTrue();
        }
        // When
        Taker again = new Taker("one");
        try (Spool spool = open()) {
            Delivery delivery = start(spool, again);
            Records.append(spool, 3001, 3002);
            spool.force();
            delivery.close(SOON);
        }
        // Then
        assertThat(again.taken()).isEqualTo(Records.texts(3001, 3002));
    }

    @Test
    void whatIsNotDurableIsNotDelivered() throws Exception {
        // Given
        Taker sink = new Taker("sink");
        try (Spool spool = open()) {
            Delivery delivery = start(spool, sink);
            Records.append(spool, 1, 10);
            spool.force();
            Records.append(spool, 11, 20);
            // When
            delivery.close(SOON);
        }
        // Then
        assertThat(sink.taken()).isEqualTo(Records.texts(1, 10));
    }

    @Test
    void aSinkThatIsDownLosesNothingAndHoldsUpNobody() throws Exception {
        // Given
        Taker up = new Taker("up");
        Taker down = new Taker("down");
        down.fault = new IOException("no route to host");
        try (Spool spool = open()) {
            Delivery delivery = start(spool, down, up);
            // When
            Records.append(spool, 1, 500);
            spool.force();
            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(up.taken()).hasSize(500));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(told.events).containsExactly("down down java.io.IOException: no route to host"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(telemetry.labelled(Metric.AUDIT_SINK_BEHIND))
                            .containsEntry("up", 0L)
                            .containsEntry("down", spool.durable()));
            assertThat(telemetry.snapshot()).containsEntry(Metric.AUDIT_SINK_BEHIND, spool.durable());
            // When
            down.fault = null;
            await().atMost(SOON).untilAsserted(() -> assertThat(down.taken()).hasSize(500));
            delivery.close(SOON);
        }
        // Then
        assertThat(down.taken()).isEqualTo(Records.texts(1, 500));
        assertThat(told.events).containsExactly("down down java.io.IOException: no route to host", "up down");
        assertThat(telemetry.snapshot().get(Metric.AUDIT_SINK_FAILURES)).isPositive();
    }

    @Test
    void anErrorOrAStrayInterruptDoesNotEndDelivery() throws Exception {
        // Given
        Taker sink = new Taker("sink") {
            private int calls;

            @Override
            public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
                switch (calls++) {
                    case 0 -> throw new StackOverflowError("deep");
                    case 1 -> throw new IllegalStateException("odd");
                    case 2 -> throw new InterruptedException("a library's own");
                    case 3 -> {
                        Thread.currentThread().interrupt();
                        throw new IOException("interrupted");
                    }
                    case 4 -> {
                        super.write(batch);
                        Thread.currentThread().interrupt();
                    }
                    default -> super.write(batch);
                }
            }
        };
        try (Spool spool = open()) {
            Records.append(spool, 1, 10);
            spool.force();
            // When
            Delivery delivery = start(spool, sink);
            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(sink.taken()).isEqualTo(Records.texts(1, 10)));
            Records.append(spool, 11, 20);
            spool.force();
            await().atMost(SOON).untilAsserted(() -> assertThat(sink.taken()).isEqualTo(Records.texts(1, 20)));
            delivery.close(SOON);
        }
    }

    @Test
    void aListenerThatThrowsCostsNoRecord() throws Exception {
        // Given
        Taker sink = new Taker("sink");
        sink.fault = new IOException("away");
        try (Spool spool = open()) {
            Records.append(spool, 1, 10);
            spool.force();
            told.fault = new IllegalStateException("odd");
            Delivery delivery = start(spool, sink);
            await().atMost(SOON).until(() -> !told.events.isEmpty());
            // When
            sink.fault = null;
            // Then
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(new LinkedHashSet<>(sink.taken()))
                            .containsExactlyElementsOf(Records.texts(1, 10)));
            delivery.close(SOON);
        }
    }

    @Test
    void aRecordWithoutAFormIsToldAndLeftOut() throws Exception {
        // Given
        Taker sink = new Taker("sink") {
            @Override
            public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
                for (AuditRecord record : batch) {
                    if (record.toString().equals(Records.text(7))
                            || record.toString().equals(Records.text(90))) {
                        throw new IllegalArgumentException("no form");
                    }
                }
                super.write(batch);
            }
        };
        try (Spool spool = open()) {
            Records.append(spool, 1, 100);
            spool.force();
            // When
            start(spool, sink).close(SOON);
        }
        // Then
        List<String> expected = new ArrayList<>(Records.texts(1, 100));
        expected.removeAll(List.of(Records.text(7), Records.text(90)));
        assertThat(sink.taken()).isEqualTo(expected);
        assertThat(told.events)
                .containsExactly(
                        "not encoded sink " + Records.text(7) + " no form",
                        "not encoded sink " + Records.text(90) + " no form");
        assertThat(telemetry.snapshot()).containsEntry(Metric.AUDIT_FAULTS, 2L);
    }

    @Test
    void closingDoesNotWaitForASinkThatHangs() throws Exception {
        // Given
        CountDownLatch never = new CountDownLatch(1);
        Taker hangs = new Taker("hangs") {
            @Override
            public void write(List<AuditRecord> batch) throws InterruptedException {
                never.await();
            }
        };
        CountDownLatch let = new CountDownLatch(1);
        Taker deaf = new Taker("deaf") {
            @Override
            public void write(List<AuditRecord> batch) {
                boolean waiting = true;
                while (waiting) {
                    try {
                        let.await();
                        waiting = false;
                    } catch (InterruptedException ignored) {
                        // Some libraries do.
                        assertThat(let.getCount()).isOne();
                    }
                }
            }
        };
        Taker well = new Taker("well");
        Path cursors = dir.resolve("cursors");
        try (Spool spool = open()) {
            Delivery delivery = start(spool, hangs, deaf, well);
            Records.append(spool, 1, 10);
            spool.force();
            await().atMost(SOON).untilAsserted(() -> assertThat(well.taken()).hasSize(10));
            // When
            long before = System.nanoTime();
            delivery.close(Duration.ofMillis(50));
            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
            assertThat(well.closed).isTrue();
            assertThat(hangs.closed).isTrue();
        }
        // Then
        let.countDown();
        await().atMost(SOON).until(() -> deaf.closed);
        assertThat(CursorFile.path(cursors, "deaf"))
                .as("the spool was closed by then")
                .doesNotExist();
        assertThat(CursorFile.read(CursorFile.path(cursors, "well"))).isNotNull();
    }

    @Test
    void aSinkThatCannotBeOpenedStopsTheStart() throws Exception {
        // Given
        Taker good = new Taker("good");
        Taker bad = new Taker("bad") {
            @Override
            public void open() throws IOException {
                throw new IOException("its directory does not exist");
            }
        };
        try (Spool spool = open()) {
            // When, Then
            assertThatThrownBy(() -> start(spool, good, bad)).hasMessage("its directory does not exist");
            assertThat(good.closed).isTrue();
        }
    }

    @Property(tries = 30)
    void whatASinkGotWithoutDuplicatesIsWhatWasAppended(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2000) int records,
            @ForAll @IntRange(max = 90) int percent)
            throws Exception {
        // Given
        Random random = new Random(seed);
        Path own = Files.createTempDirectory("spool");
        AuditConfig.Spool config = Records.config(own, 4096);
        List<String> all = new ArrayList<>();
        int appended = 0;
        // When
        while (appended < records) {
            Taker sink = new Unsteady(new Random(random.nextLong()), percent);
            try (Spool spool = Spool.open(config, telemetry)) {
                Delivery delivery = start(spool, sink);
                int last = Math.min(records, appended + 1 + random.nextInt(records));
                while (appended < last) {
                    int to = Math.min(last, appended + 1 + random.nextInt(100));
                    Records.append(spool, appended + 1, to);
                    spool.force();
                    appended = to;
                }
                boolean patient = appended == records || random.nextBoolean();
                delivery.close(patient ? Duration.ofSeconds(60) : Duration.ZERO);
            }
            all.addAll(sink.taken());
        }
        // Then
        assertThat(new ArrayList<>(new LinkedHashSet<>(all))).isEqualTo(Records.texts(1, records));
        try (var files = Files.walk(own)) {
            files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
    }

    /** Takes some of a batch, or all of it, and says that it failed. */
    private static final class Unsteady extends Taker {
        private final Random random;
        private final int percent;

        Unsteady(Random random, int percent) {
            super("unsteady");
            this.random = random;
            this.percent = percent;
        }

        @Override
        public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
            if (random.nextInt(100) < percent) {
                super.write(batch.subList(0, random.nextInt(batch.size() + 1)));
                throw new IOException("unsteady");
            }
            super.write(batch);
        }
    }

    private static class Taker implements AuditSink {
        private final String name;
        private final List<String> taken = new ArrayList<>();
        volatile @Nullable IOException fault;
        volatile boolean closed;

        Taker(String name) {
            this.name = name;
        }

        synchronized List<String> taken() {
            return List.copyOf(taken);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void open() throws IOException {}

        @Override
        public void write(List<AuditRecord> batch) throws IOException, InterruptedException {
            IOException now = fault;
            if (now != null) {
                throw now;
            }
            take(batch);
        }

        private synchronized void take(List<AuditRecord> batch) {
            batch.forEach(record -> taken.add(record.toString()));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Told implements DeliveryListener {
        final List<String> events = new CopyOnWriteArrayList<>();
        volatile @Nullable RuntimeException fault;

        private void add(String event) {
            events.add(event);
            RuntimeException now = fault;
            if (now != null) {
                throw now;
            }
        }

        @Override
        public void onDown(String sink, String reason) {
            add("down " + sink + " " + reason);
        }

        @Override
        public void onUp(String sink, Duration down) {
            assertThat(down).isPositive();
            add("up " + sink);
        }

        @Override
        public void onNotEncoded(String sink, AuditRecord record, String reason) {
            add("not encoded " + sink + " " + record + " " + reason);
        }
    }
}
