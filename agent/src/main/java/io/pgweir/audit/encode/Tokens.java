package io.pgweir.audit.encode;

import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What stands in a record for a value that it does not show: the first {@value #BYTES} bytes of HMAC-SHA256 under a key of the
 * deployment, in hex. Equal values have equal tokens, so they can be searched for; without the key nobody can try values. One
 * thread.
 */
public final class Tokens {
    private static final int BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final String KEY_FILE = "tokens.key";
    private static final String ALGORITHM = "HmacSHA256";

    /** What is hashed before the value, so that no token is a salt. */
    private static final byte TOKEN = 1;

    private static final byte SALT = 2;

    private final Mac mac;

    private Tokens(byte[] key) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
    }

    /**
     * With the configured key; else the one that the spool's directory keeps, which is made where there is none; else, without a
     * spool, with one that nobody knows after this run.
     *
     * @throws IOException where the file cannot be read, cannot be made, or holds no key
     */
    public static Tokens of(AuditConfig config) throws IOException {
        Path file = config.tokenKey();
        if (file != null) {
            return new Tokens(read(file));
        }
        AuditConfig.Spool spool = config.spool();
        return spool == null ? ofThisRun() : new Tokens(readOrMake(spool.dir()));
    }

    static Tokens ofThisRun() {
        return new Tokens(random());
    }

    static Tokens ofKey(byte[] key) {
        return new Tokens(key);
    }

    /** {@value #BYTES} bytes in hex. */
    String token(byte[] value) {
        return HexFormat.of().formatHex(mac(TOKEN, value), 0, BYTES);
    }

    /** {@value #BYTES} bytes that only who has the key, or the record, knows. */
    byte[] salt(byte[] value) {
        return Arrays.copyOf(mac(SALT, value), BYTES);
    }

    private byte[] mac(byte kind, byte[] value) {
        mac.update(kind);
        return mac.doFinal(value);
    }

    private static byte[] readOrMake(Path directory) throws IOException {
        Path file = directory.resolve(KEY_FILE);
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            String key = HexFormat.of().formatHex(random()) + "\n";
            try (SeekableByteChannel channel = Files.newByteChannel(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(ByteBuffer.wrap(key.getBytes(StandardCharsets.US_ASCII)));
            } catch (FileAlreadyExistsException _) {
                // Another agent was quicker; the spool's lock tells which of the two may stay.
            }
        }
        return read(file);
    }

    private static byte[] read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (NoSuchFileException missing) {
            throw new IOException("audit token key " + file + ": no such file", missing);
        }
        if (text.length() < 2 * KEY_BYTES || !text.matches("(?:[0-9a-fA-F]{2})+")) {
            throw new IOException("audit token key " + file + ":1: " + text.length()
                    + " characters that are no key (expected: at least " + 2 * KEY_BYTES + " hexadecimal digits)");
        }
        return HexFormat.of().parseHex(text);
    }

    private static byte[] random() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }
}
