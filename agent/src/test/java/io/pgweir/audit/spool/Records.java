package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Records that tell which they are, and how spools of tests are set up. */
final class Records {
    private Records() {}

    static AuditConfig.Spool config(Path dir) {
        return config(dir, 1 << 20);
    }

    static AuditConfig.Spool config(Path dir, int segmentBytes) {
        return new AuditConfig.Spool(dir, 64 << 20, segmentBytes, Duration.ofHours(1), Duration.ofMillis(5), 16 << 10);
    }

    static byte[] json(int number) {
        return json(number, number % 50);
    }

    static byte[] json(int number, int padding) {
        String text = "{\"seq\":" + number + ",\"text\":\"" + "é".repeat(padding) + "\"}";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(int number) {
        return new String(json(number), StandardCharsets.UTF_8);
    }

    /** The texts of records from {@code first} to {@code last}, inclusive. */
    static List<String> texts(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(Records::text).toList();
    }

    static void append(Spool spool, int first, int last) throws IOException {
        for (int i = first; i <= last; i++) {
            byte[] json = json(i);
            spool.append(json, 0, json.length);
        }
    }

    /** Everything that lies behind a cursor. */
    static List<String> rest(SpoolCursor cursor) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (List<AuditRecord> batch = poll(cursor); !batch.isEmpty(); batch = poll(cursor)) {
            batch.forEach(record -> all.add(record.toString()));
        }
        return all;
    }

    private static List<AuditRecord> poll(SpoolCursor cursor) throws IOException, InterruptedException {
        return cursor.poll(7, 1000, Duration.ZERO);
    }

    /** What files hold, read without their spool. */
    static Collected collect(Path dir) throws IOException {
        Collected collected = new Collected();
        SpoolFiles.read(dir, collected);
        return collected;
    }

    /** A visitor that remembers. */
    static final class Collected implements SpoolVisitor {
        final List<String> records = new ArrayList<>();
        final List<Damage> damage = new ArrayList<>();

        @Override
        public synchronized void onRecord(AuditRecord record, Path file, long offset) {
            records.add(record.toString());
        }

        @Override
        public synchronized void onDamage(Damage found) {
            damage.add(found);
        }

        synchronized List<String> soFar() {
            return List.copyOf(records);
        }
    }
}
