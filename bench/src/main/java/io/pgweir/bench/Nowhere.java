package io.pgweir.bench;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.AuditSink;
import java.util.List;

/** A sink whose disk is infinitely fast. */
final class Nowhere implements AuditSink {
    @Override
    public String name() {
        return "nowhere";
    }

    @Override
    public void open() {}

    @Override
    public void write(List<AuditRecord> batch) {}

    @Override
    public void close() {}
}
