package io.pgweir.capture;

import io.pgweir.capture.CaptureFault.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a file. Its first 36 bytes are the same in every version, so that an old reader can tell a new file from a
 * damaged one.
 *
 * <pre>
 *    0  8 magic "PGCAP" CR LF NUL     12  u32 length of the header     32  u32 CRC32C of bytes 0 to 31 and the header
 *    8  u16 version                   16  16 salt                      36  the header, JSON in UTF-8
 *   10  u16 zero
 * </pre>
 *
 * @param digest SHA-256 of all of it
 */
record FileHead(CaptureHeader header, byte[] salt, byte[] digest, int bytes) {
    static final int VERSION = 1;
    static final int FIXED_BYTES = 36;
    static final int SALT_BYTES = 16;

    private static final byte[] MAGIC = "PGCAP\r\n\0".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int SALT_AT = 16;
    private static final int CRC_AT = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What is to be written for {@code header}, with a salt of its own. */
    static ByteBuffer write(CaptureHeader header) {
        byte[] json = HeaderJson.write(header);
        if (json.length > Limits.HEADER_MAX) {
            throw new IllegalArgumentException(
                    "capture header: " + json.length + " bytes (expected: at most " + Limits.HEADER_MAX + ")");
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + json.length);
        bytes.put(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) 0)
                .putInt(json.length)
                .put(salt);
        bytes.put(FIXED_BYTES, json);
        return bytes.putInt(crc(bytes)).rewind();
    }

    static FileHead of(ByteBuffer written, CaptureHeader header) {
        byte[] salt = new byte[SALT_BYTES];
        written.get(SALT_AT, salt);
        return new FileHead(header, salt, sha256(written), written.capacity());
    }

    /** @throws CaptureException where {@code file} is none, a later version's, or damaged at its beginning */
    static FileHead read(Path file, FileChannel channel) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES);
        int found = Bytes.read(channel, fixed, 0);
        int magic = Math.min(found, MAGIC.length);
        if (found == 0 || !Arrays.equals(fixed.array(), 0, magic, MAGIC, 0, magic)) {
            throw fault(Kind.FOREIGN, file, 0, found == 0 ? "empty (expected: a capture)" : "not a capture of pgweir");
        }
        if (found < FIXED_BYTES) {
            throw fault(Kind.TORN, file, found, "ends within its header");
        }
        int length = fixed.getInt(LENGTH_AT);
        if (length < 0 || length > Limits.HEADER_MAX) {
            throw fault(
                    Kind.DAMAGED,
                    file,
                    LENGTH_AT,
                    "length of header: " + Integer.toUnsignedString(length) + " (expected: at most " + Limits.HEADER_MAX
                            + ")");
        }
        if (length > channel.size() - FIXED_BYTES) {
            throw fault(Kind.TORN, file, channel.size(), "ends within its header");
        }
        ByteBuffer all = ByteBuffer.allocate(FIXED_BYTES + length);
        Bytes.read(channel, all, 0);
        if (all.getInt(CRC_AT) != crc(all)) {
            throw fault(Kind.DAMAGED, file, 0, "the header is not what was written (its checksum differs)");
        }
        int version = all.getShort(VERSION_AT) & 0xffff;
        if (version != VERSION) {
            throw fault(
                    Kind.NEWER,
                    file,
                    VERSION_AT,
                    "format version: " + version + " (expected: " + VERSION + "); a newer pgweir wrote it");
        }
        try {
            byte[] json = Arrays.copyOfRange(all.array(), FIXED_BYTES, all.capacity());
            return of(all, HeaderJson.read(json));
        } catch (IllegalArgumentException noHeader) {
            throw fault(Kind.DAMAGED, file, FIXED_BYTES, "header: " + noHeader.getMessage());
        }
    }

    private static CaptureException fault(Kind kind, Path file, long offset, String text) {
        return new CaptureException(new CaptureFault(kind, file, offset, text));
    }

    /**
     * Null where the file is not encrypted.
     *
     * @throws CaptureException where none of {@code keys} is the one
     */
    @Nullable
    BlockCipher cipher(Path file, List<CaptureKey> keys) throws CaptureException {
        String wanted = header.keyId();
        if (wanted.isEmpty()) {
            return null;
        }
        for (CaptureKey key : keys) {
            if (key.id().equals(wanted)) {
                return key.cipher(salt, digest);
            }
        }
        String given = keys.isEmpty()
                ? "no key"
                : "key " + String.join(", ", keys.stream().map(CaptureKey::id).toList());
        throw fault(Kind.KEY, file, FIXED_BYTES, given + " (expected: key " + wanted + ", which it is encrypted with)");
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_AT));
        crc.update(bytes.slice(FIXED_BYTES, bytes.capacity() - FIXED_BYTES));
        return (int) crc.getValue();
    }

    private static byte[] sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate().clear());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
