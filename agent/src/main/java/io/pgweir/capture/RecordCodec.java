package io.pgweir.capture;

import io.pgweir.capture.Unpacked.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Records as bytes outside of a file: as in a block's plain bytes, docs/capture-format.md. Secrets are left out as they are there. One thread. */
public final class RecordCodec {
    private final Packed bytes = new Packed(4096);
    private final Packed prefix = new Packed(32);
    private final Packed tail = new Packed(4096);
    private long latestNanos;

    public RecordCodec() {}

    public void append(CaptureRecord record) {
        tail.clear();
        if (!Records.write(record, tail)) {
            return;
        }
        prefix.clear();
        prefix.number(record.session()).signed(record.nanos() - latestNanos);
        latestNanos = record.nanos();
        bytes.int8(Records.kind(record)).number((long) prefix.length() + tail.length());
        bytes.bytes(prefix.array(), 0, prefix.length()).bytes(tail.array(), 0, tail.length());
    }

    /** Of what was appended. */
    public int length() {
        return bytes.length();
    }

    /** What was appended. */
    public byte[] toBytes() {
        return bytes.copy();
    }

    /** @throws IOException where nobody wrote them so */
    public static List<CaptureRecord> read(byte[] bytes) throws IOException {
        List<CaptureRecord> records = new ArrayList<>();
        Unpacked from = new Unpacked(bytes, 0, bytes.length);
        long nanos = 0;
        try {
            while (!from.isAtEnd()) {
                int kind = from.int8();
                Unpacked record = from.within(from.length());
                long session = record.number();
                nanos += record.signed();
                records.add(Records.read(kind, session, nanos, record));
            }
        } catch (MalformedException wrong) {
            throw new IOException("record " + records.size() + ": " + wrong.getMessage(), wrong);
        }
        return records;
    }
}
