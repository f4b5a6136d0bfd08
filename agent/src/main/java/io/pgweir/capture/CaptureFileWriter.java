package io.pgweir.capture;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.pgweir.capture.BlockHead.Codec;
import io.pgweir.capture.BlockHead.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one file, record by record. Until it is closed the file has no index, and what stands in blocks can be read nevertheless.
 * One thread.
 */
public final class CaptureFileWriter implements Closeable {
    /** Of a block's records, before compression; a block ends with the record that reaches it. */
    static final int BLOCK_BYTES = 256 << 10;

    private static final int ZSTD_LEVEL = 1;
    private static final Logger LOG = LoggerFactory.getLogger(CaptureFileWriter.class);

    private final FileChannel channel;
    private final @Nullable BlockCipher cipher;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final IndexBuilder index = new IndexBuilder();
    private final Packed plain = new Packed(BLOCK_BYTES + Limits.PART_MAX);
    private final Packed prefix = new Packed(32);
    private final Packed tail = new Packed(1024);
    private byte[] compressed = new byte[0];

    private long bytes;
    private long blocks;
    private int records;
    private long firstNanos;
    private long lastNanos;
    private long latestNanos;

    private CaptureFileWriter(FileChannel channel, @Nullable BlockCipher cipher, long bytes) {
        this.channel = channel;
        this.cipher = cipher;
        this.bytes = bytes;
        zstd.setLevel(ZSTD_LEVEL);
        zstd.setContentSize(false);
    }

    /**
     * @param file that is not there
     * @param key null for a file that is not encrypted
     */
    public static CaptureFileWriter create(Path file, CaptureHeader header, @Nullable CaptureKey key)
            throws IOException {
        CaptureHeader written = header.withKeyId(key == null ? "" : key.id());
        ByteBuffer head = FileHead.write(written);
        FileHead fileHead = FileHead.of(head, written);
        FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersOnly(file));
        try {
            Bytes.write(channel, head);
        } catch (IOException fault) {
            channel.close();
            throw fault;
        }
        BlockCipher cipher = key == null ? null : key.cipher(fileHead.salt(), fileHead.digest());
        return new CaptureFileWriter(channel, cipher, fileHead.bytes());
    }

    private static FileAttribute<?>[] ownersOnly(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * False where it was left out: it belongs to the login.
     *
     * @throws IllegalArgumentException where it is longer than the format allows
     */
    public boolean append(CaptureRecord record) throws IOException {
        tail.clear();
        if (!Records.write(record, tail)) {
            return false;
        }
        int kind = Records.kind(record);
        if (tail.length() > Records.TAIL_MAX) {
            throw new IllegalArgumentException(
                    "record: " + tail.length() + " bytes (expected: at most " + Records.TAIL_MAX + ")");
        }
        begin(kind, record.session(), record.nanos(), tail.length());
        plain.bytes(tail.array(), 0, tail.length());
        index.onRecord(record);
        end();
        return true;
    }

    /** A message's body as {@link Records} writes it; it passed {@link Secrets} when it was. */
    void appendMessage(long session, long nanos, ByteBuffer body) throws IOException {
        int flags = body.get(body.position());
        CaptureRecord.Direction direction = Records.direction(flags);
        begin(Records.MESSAGE, session, nanos, body.remaining());
        index.onMessage(session, nanos, direction, Records.isFirst(flags), Records.bodyBytes(body));
        plain.bytes(body);
        end();
    }

    /** The same of a response's. */
    void appendResponse(long session, long nanos, ByteBuffer body) throws IOException {
        begin(Records.RESPONSE, session, nanos, body.remaining());
        index.onResponse(session, nanos);
        plain.bytes(body);
        end();
    }

    private void begin(int kind, long session, long nanos, int tailBytes) {
        if (records == 0) {
            firstNanos = nanos;
            lastNanos = nanos;
            latestNanos = 0;
        }
        prefix.clear();
        prefix.number(session).signed(nanos - latestNanos);
        plain.int8(kind).number((long) prefix.length() + tailBytes).bytes(prefix.array(), 0, prefix.length());
        latestNanos = nanos;
        firstNanos = Math.min(firstNanos, nanos);
        lastNanos = Math.max(lastNanos, nanos);
        records++;
    }

    private void end() throws IOException {
        if (plain.length() >= BLOCK_BYTES) {
            seal();
        }
    }

    /** Bytes in the file. */
    public long bytes() {
        return bytes;
    }

    /** Sessions that it has records of. */
    int sessions() {
        return index.sessions();
    }

    /** What was appended is on disk when it returns. */
    public void sync() throws IOException {
        seal();
        channel.force(false);
    }

    /** Ends the block, if there is one. */
    private void seal() throws IOException {
        if (records == 0) {
            return;
        }
        long offset = bytes;
        BlockHead head = write(Kind.RECORDS, plain, records, firstNanos, lastNanos);
        index.onBlock(head, offset);
        plain.clear();
        records = 0;
    }

    private BlockHead write(Kind kind, Packed from, int count, long first, long last) throws IOException {
        int length = from.length();
        int bound = (int) Zstd.compressBound(length);
        if (compressed.length < bound) {
            compressed = new byte[bound];
        }
        int packed = zstd.compressByteArray(compressed, 0, compressed.length, from.array(), 0, length);
        boolean smaller = packed < length;
        byte[] stored = smaller ? compressed : from.array();
        int storedBytes = smaller ? packed : length;
        BlockHead head = new BlockHead(
                kind,
                smaller ? Codec.ZSTD : Codec.PLAIN,
                blocks,
                storedBytes,
                length,
                count,
                first,
                last,
                index.droppedMessages(),
                index.droppedBytes(),
                0);
        BlockCipher locked = cipher;
        if (locked != null) {
            head = head.ofStored(storedBytes + BlockCipher.TAG_BYTES, 0);
            stored = locked.encrypt(head, stored, storedBytes);
            storedBytes = stored.length;
        }
        head = head.ofStored(storedBytes, Bytes.crc(stored, storedBytes));
        ByteBuffer out = ByteBuffer.allocate(BlockHead.BYTES + storedBytes);
        Bytes.write(channel, out.put(head.write()).put(stored, 0, storedBytes).flip());
        blocks++;
        bytes += out.capacity();
        return head;
    }

    /** Writes index and footer. */
    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try (channel;
                zstd) {
            seal();
            CaptureIndex all = index.build();
            long indexOffset = bytes;
            long before = blocks;
            Packed packed = new Packed(4096);
            all.write(packed);
            write(Kind.INDEX, packed, 0, all.firstNanos(), all.lastNanos());
            Footer footer = new Footer(indexOffset, before, all.records(), all.droppedMessages(), all.droppedBytes());
            Bytes.write(channel, footer.write());
            bytes += Footer.BYTES;
            channel.force(true);
        }
    }

    /** Of the block that is not yet in the file, or that the file did not take. */
    int unsealedMessages() {
        return records;
    }

    int unsealedBytes() {
        return plain.length();
    }

    /** Leaves the file as it is, without an index: the disk does not take one. */
    void abandon() {
        try (channel;
                zstd) {
            plain.clear();
        } catch (IOException fault) {
            LOG.atDebug().setCause(fault).log("capture file was not closed");
        }
    }
}
