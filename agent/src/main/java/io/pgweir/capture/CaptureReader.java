package io.pgweir.capture;

import io.pgweir.capture.CaptureFault.Kind;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.Unpacked.MalformedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads one file, one block at a time. What is damaged is told and stepped over; what cannot be told apart from a foreign file, a
 * wrong key included, is an exception before anything is read. One thread.
 */
public final class CaptureReader implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final FileHead head;
    private final @Nullable BlockCipher cipher;
    private final Consumer<CaptureFault> faults;
    private final long size;

    private CaptureReader(
            Path file,
            FileChannel channel,
            FileHead head,
            @Nullable BlockCipher cipher,
            Consumer<CaptureFault> faults,
            long size) {
        this.file = file;
        this.channel = channel;
        this.head = head;
        this.cipher = cipher;
        this.faults = faults;
        this.size = size;
    }

    /** How far a long reading is. */
    public interface Progress {
        Progress NONE = (_, _) -> {};

        /** @param bytes of the file that are behind it */
        void at(long bytes, long records);
    }

    /**
     * @param keys of which one may be needed
     * @param faults is told what is wrong, by whatever reads
     * @throws CaptureException where nothing of it can be read
     */
    public static CaptureReader open(Path file, List<CaptureKey> keys, Consumer<CaptureFault> faults)
            throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            FileHead head = FileHead.read(file, channel);
            return new CaptureReader(file, channel, head, head.cipher(file, keys), faults, channel.size());
        } catch (IOException | RuntimeException fault) {
            channel.close();
            throw fault;
        }
    }

    public Path file() {
        return file;
    }

    public CaptureHeader header() {
        return head.header();
    }

    /** Bytes of the file, when it was opened. */
    public long size() {
        return size;
    }

    /** What the file says of itself at its end; where it does not, what a reading of all of it says. */
    public CaptureIndex index(Progress progress) throws IOException {
        CaptureIndex stored = storedIndex();
        return stored == null ? readAll(progress, false) : stored;
    }

    /** Reads all of it, tells every fault and every gap, and compares what it holds with what it says that it holds. */
    public CaptureIndex verify(Progress progress) throws IOException {
        return readAll(progress, true);
    }

    /** What the file says of itself; null where it was not closed, or its end is damaged. */
    public @Nullable CaptureIndex storedIndex() throws IOException {
        BlockScan scan = scan(fault -> {});
        Footer footer = scan.footerAtEnd();
        BlockScan.Block block = footer == null ? null : scan.at(footer.indexOffset());
        return block == null || block.head().kind() != BlockHead.Kind.INDEX ? null : read(block);
    }

    private static @Nullable CaptureIndex read(BlockScan.Block block) {
        try {
            return CaptureIndex.read(new Unpacked(block.plain(), 0, block.plain().length));
        } catch (MalformedException wrong) {
            return null;
        }
    }

    private BlockScan scan(Consumer<CaptureFault> to) {
        return new BlockScan(file, channel, cipher, to, head.bytes(), size);
    }

    private CaptureIndex readAll(Progress progress, boolean strict) throws IOException {
        IndexBuilder builder = new IndexBuilder();
        CaptureIndex stored = null;
        long records = 0;
        BlockScan scan = scan(faults);
        for (BlockScan.Block block = scan.next(_ -> true); block != null; block = scan.next(_ -> true)) {
            switch (block.head().kind()) {
                case INDEX -> stored = read(block);
                case RECORDS -> {
                    records += readBlock(block, scan, builder, strict);
                    builder.onBlock(block.head(), block.offset());
                }
            }
            progress.at(block.offset(), records);
        }
        CaptureIndex found = builder.build();
        Footer footer = scan.footer();
        if (strict && footer != null) {
            compare(footer, stored, found, scan);
        }
        return found;
    }

    private long readBlock(BlockScan.Block block, BlockScan scan, IndexBuilder builder, boolean strict) {
        BlockRecords records = new BlockRecords(block, scan);
        long count = 0;
        for (CaptureRecord record = records.next(); record != null; record = records.next()) {
            builder.onRecord(record);
            count++;
            if (strict && record instanceof Gap gap) {
                scan.tell(Kind.GAP, block.offset(), CaptureText.of(gap));
            }
        }
        return count;
    }

    private void compare(Footer footer, @Nullable CaptureIndex stored, CaptureIndex found, BlockScan scan) {
        Footer right = new Footer(
                footer.indexOffset(),
                found.blocks().size(),
                found.records(),
                found.droppedMessages(),
                found.droppedBytes());
        if (!right.equals(footer)) {
            scan.tell(
                    Kind.DAMAGED,
                    size - Footer.BYTES,
                    "footer: " + totals(footer) + " (expected: " + totals(right) + ", which was read)");
        } else if (!found.equals(stored)) {
            scan.tell(Kind.DAMAGED, footer.indexOffset(), "the index is not that of the blocks before it");
        }
    }

    private static String totals(Footer footer) {
        return footer.blocks() + " blocks, " + footer.records() + " records, " + footer.droppedMessages()
                + " messages left out";
    }

    /** Of all records that are selected, in the order of the file. */
    public Records records(Selection selection) throws IOException {
        CaptureIndex index = selection.equals(Selection.ALL) ? null : storedIndex();
        Set<Long> offsets = index == null ? Set.of() : selection.offsets(index);
        return new Records(scan(faults), selection, index == null ? _ -> true : offsets::contains);
    }

    /** Records one by one; as much memory as a block takes. */
    public static final class Records {
        private final BlockScan scan;
        private final Selection selection;
        private final LongPredicate wanted;
        private @Nullable BlockRecords block;

        private Records(BlockScan scan, Selection selection, LongPredicate wanted) {
            this.scan = scan;
            this.selection = selection;
            this.wanted = wanted;
        }

        /** Null at the end. */
        public @Nullable CaptureRecord next() throws IOException {
            while (true) {
                CaptureRecord record = block == null ? null : block.next();
                if (record == null) {
                    BlockScan.Block next = scan.next(wanted);
                    if (next == null) {
                        return null;
                    }
                    block = next.head().kind() == BlockHead.Kind.RECORDS ? new BlockRecords(next, scan) : null;
                } else if (selection.wants(record)) {
                    return record;
                }
            }
        }

        /** Bytes of the file that are behind it. */
        public long offset() {
            return scan.offset();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
