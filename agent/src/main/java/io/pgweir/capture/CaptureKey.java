package io.pgweir.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that captures are encrypted with. Each file is, with a key of its own, derived from this one and the file's salt (HKDF with
 * SHA-256, RFC 5869), so that no nonce is ever used twice.
 */
public final class CaptureKey {
    private static final int KEY_BYTES = 32;
    private static final int ID_BYTES = 8;
    private static final int FILE_BYTES_MAX = 1024;

    private final byte[] bytes;
    private final String id;

    private CaptureKey(byte[] bytes) {
        this.bytes = bytes;
        id = HexFormat.of().formatHex(derive(new byte[0], "pgweir capture key id", ID_BYTES));
    }

    /**
     * The key in {@code file}: 64 hexadecimal digits, as {@code openssl rand -hex 32} prints them, or 32 bytes.
     *
     * @throws IOException where it is neither, or cannot be read; says nothing of what it holds
     */
    public static CaptureKey read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > FILE_BYTES_MAX) {
            throw wrong(file, size + " bytes");
        }
        byte[] found = Files.readAllBytes(file);
        if (found.length == KEY_BYTES) {
            return new CaptureKey(found);
        }
        String text = new String(found, StandardCharsets.ISO_8859_1).strip();
        if (text.length() != 2 * KEY_BYTES) {
            throw wrong(file, found.length + " bytes");
        }
        try {
            return new CaptureKey(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException noHex) {
            throw wrong(file, "64 characters that are not all hexadecimal digits");
        }
    }

    private static IOException wrong(Path file, String found) {
        return new IOException(file + ": " + found
                + " (expected: a key of 64 hexadecimal digits, as `openssl rand -hex 32` makes it)");
    }

    /** Tells keys apart and nothing about them: 16 hexadecimal digits. */
    public String id() {
        return id;
    }

    BlockCipher cipher(byte[] salt, byte[] headerDigest) {
        byte[] fileKey = derive(salt, "pgweir capture file", KEY_BYTES);
        SecretKey key = new SecretKeySpec(fileKey, "AES");
        Arrays.fill(fileKey, (byte) 0);
        return new BlockCipher(key, headerDigest);
    }

    private byte[] derive(byte[] salt, String purpose, int length) {
        try {
            HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addIKM(bytes);
            if (salt.length > 0) {
                extract.addSalt(salt);
            }
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(extract.thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK 25 has HKDF-SHA256", e);
        }
    }
}
