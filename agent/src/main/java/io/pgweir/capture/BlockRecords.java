package io.pgweir.capture;

import io.pgweir.capture.CaptureFault.Kind;
import io.pgweir.capture.Unpacked.MalformedException;
import org.jspecify.annotations.Nullable;

/** Reads one block's records; from the first that nobody wrote so, none. One thread. */
final class BlockRecords {
    private final BlockScan.Block block;
    private final BlockScan scan;
    private final Unpacked from;
    private long nanos;
    private int read;

    BlockRecords(BlockScan.Block block, BlockScan scan) {
        this.block = block;
        this.scan = scan;
        from = new Unpacked(block.plain(), 0, block.plain().length);
    }

    /** Null at the end. */
    @Nullable
    CaptureRecord next() {
        int count = block.head().records();
        if (read >= count && from.isAtEnd()) {
            return null;
        }
        try {
            if (from.isAtEnd() || read >= count) {
                throw new MalformedException(
                        "records: " + read + (from.isAtEnd() ? "" : " and more") + " (expected: " + count + ")");
            }
            int kind = from.int8();
            Unpacked record = from.within(from.length());
            long session = record.number();
            nanos += record.signed();
            read++;
            return Records.read(kind, session, nanos, record);
        } catch (MalformedException wrong) {
            scan.tell(
                    Kind.DAMAGED,
                    block.offset(),
                    "block " + block.head().number() + ", byte " + from.at() + ": " + wrong.getMessage() + "; "
                            + Math.max(0, count - read) + " records are lost");
            read = Integer.MAX_VALUE;
            from.skipAll();
            return null;
        }
    }
}
