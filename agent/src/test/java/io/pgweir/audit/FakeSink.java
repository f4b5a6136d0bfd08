package io.pgweir.audit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Keeps what it is given; fails or hangs when it is told to. */
final class FakeSink implements AuditSink {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final AtomicInteger failures = new AtomicInteger();
    volatile boolean closed;
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public void open() {}

    @Override
    public void write(List<AuditRecord> batch) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
        if (failures.get() > 0) {
            failures.decrementAndGet();
            throw new IOException("no space left");
        }
        batch.forEach(record -> lines.add(record.toString()));
    }

    @Override
    public void close() {
        closed = true;
    }

    /** All so far, each held against the schema. */
    List<JsonNode> records() {
        return lines.stream().map(AuditSchema::validated).toList();
    }

    List<String> types() {
        return records().stream().map(record -> record.get("type").asString()).toList();
    }
}
