package io.pgweir.capture;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.pgweir.capture.BlockHead.Codec;
import io.pgweir.capture.CaptureFault.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks a file's blocks from front to back. What is no block is told and stepped over, up to the next one; a length is believed
 * only where its checksum is right. One thread.
 */
final class BlockScan {
    private static final int WINDOW_BYTES = 256 << 10;

    private final Path file;
    private final FileChannel channel;
    private final @Nullable BlockCipher cipher;
    private final Consumer<CaptureFault> faults;
    private final long size;

    private long offset;
    private long number;
    private @Nullable Footer footer;

    BlockScan(
            Path file,
            FileChannel channel,
            @Nullable BlockCipher cipher,
            Consumer<CaptureFault> faults,
            long offset,
            long size) {
        this.file = file;
        this.channel = channel;
        this.cipher = cipher;
        this.faults = faults;
        this.offset = offset;
        this.size = size;
    }

    /**
     * A block that is whole.
     *
     * @param plain its bytes, decrypted and decompressed
     */
    record Block(BlockHead head, long offset, byte[] plain) {}

    /** Where the next block begins, or the file ends. */
    long offset() {
        return offset;
    }

    /** Null before the end, and where there is none. */
    @Nullable
    Footer footer() {
        return footer;
    }

    /**
     * The next whole block whose offset is {@code wanted}; null at the end.
     *
     * @throws IOException where the file cannot be read; never for what it holds
     */
    @Nullable
    Block next(LongPredicate wanted) throws IOException {
        while (offset < size) {
            long at = offset;
            BlockHead head = headAt(at);
            if (head == null) {
                if (isFooter(at)) {
                    return null;
                }
                stepOver(at);
                continue;
            }
            if (head.stored() > size - at - BlockHead.BYTES) {
                torn(at, "ends within block " + head.number() + ": " + lost(head));
                return null;
            }
            offset = at + BlockHead.BYTES + head.stored();
            expect(head, at);
            if (wanted.test(at)) {
                Block block = load(head, at);
                if (block != null) {
                    return block;
                }
            }
        }
        if (offset == size && footer == null) {
            tell(Kind.UNCLOSED, size, "no index: the writer was stopped, or still writes");
            offset++;
        }
        return null;
    }

    /** The block at {@code at} alone; null where there is none that is whole. */
    @Nullable
    Block at(long at) throws IOException {
        BlockHead head = at < 0 || at > size - BlockHead.BYTES ? null : headAt(at);
        return head == null || head.stored() > size - at - BlockHead.BYTES ? null : load(head, at);
    }

    private static String lost(BlockHead head) {
        return head.kind() == BlockHead.Kind.INDEX ? "no index" : head.records() + " records are lost";
    }

    private void expect(BlockHead head, long at) {
        if (head.number() != number) {
            tell(Kind.DAMAGED, at, "block: " + head.number() + " (expected: " + number + ")");
        }
        number = head.number() + 1;
    }

    private @Nullable BlockHead headAt(long at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BlockHead.BYTES);
        return Bytes.read(channel, bytes, at) < BlockHead.BYTES ? null : BlockHead.read(bytes);
    }

    private boolean isFooter(long at) throws IOException {
        if (size - at != Footer.BYTES) {
            return false;
        }
        footer = footerAtEnd();
        if (footer == null) {
            return false;
        }
        offset = size;
        return true;
    }

    /** Null where the file does not end with one. */
    @Nullable
    Footer footerAtEnd() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Footer.BYTES);
        Bytes.read(channel, bytes, Math.max(0, size - Footer.BYTES));
        return Footer.read(bytes);
    }

    /** Goes to the next head, or to the footer, or to the end. */
    private void stepOver(long from) throws IOException {
        long next = find(from + 1);
        if (next >= 0) {
            offset = next;
            tell(Kind.DAMAGED, from, (next - from) + " bytes are no block");
            // Their numbers are lost with them.
            BlockHead head = headAt(next);
            number = head == null ? number : head.number();
        } else if (footerAtEnd() != null) {
            offset = size - Footer.BYTES;
            tell(Kind.DAMAGED, from, (offset - from) + " bytes are no block");
        } else {
            torn(from, "ends with " + (size - from) + " bytes that are no whole block");
        }
    }

    private void torn(long at, String text) {
        offset = size + 1;
        tell(Kind.TORN, at, text);
    }

    /** Offset of the next head; -1 for none. */
    private long find(long from) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
        for (long at = from; at < size; at += WINDOW_BYTES - BlockHead.BYTES) {
            window.clear();
            int length = Bytes.read(channel, window, at);
            for (int i = 0; i <= length - BlockHead.BYTES; i++) {
                if (window.get(i) == (byte) (BlockHead.MAGIC >>> 24)
                        && BlockHead.read(window.slice(i, BlockHead.BYTES)) != null) {
                    return at + i;
                }
            }
        }
        return -1;
    }

    private @Nullable Block load(BlockHead head, long at) throws IOException {
        byte[] stored = new byte[head.stored()];
        if (Bytes.read(channel, ByteBuffer.wrap(stored), at + BlockHead.BYTES) < stored.length) {
            torn(at, "ends within block " + head.number() + ": " + lost(head));
            return null;
        }
        if (Bytes.crc(stored, stored.length) != head.payloadCrc()) {
            tell(Kind.DAMAGED, at, "block " + head.number() + " is not what was written: " + lost(head));
            return null;
        }
        BlockCipher locked = cipher;
        byte[] open = locked == null ? stored : locked.decrypt(head, stored);
        if (open == null) {
            tell(Kind.DAMAGED, at, "block " + head.number() + " was not encrypted with this key: " + lost(head));
            return null;
        }
        byte[] plain = head.codec() == Codec.PLAIN ? open : decompress(open, head.plain());
        if (plain == null || plain.length != head.plain()) {
            tell(Kind.DAMAGED, at, "block " + head.number() + " does not unpack: " + lost(head));
            return null;
        }
        return new Block(head, at, plain);
    }

    private static byte @Nullable [] decompress(byte[] packed, int plainBytes) {
        byte[] plain = new byte[plainBytes];
        try {
            long length = Zstd.decompressByteArray(plain, 0, plainBytes, packed, 0, packed.length);
            return length == plainBytes ? plain : null;
        } catch (ZstdException wrong) {
            return null;
        }
    }

    void tell(Kind kind, long at, String text) {
        faults.accept(new CaptureFault(kind, file, at, text));
    }
}
