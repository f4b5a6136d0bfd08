package io.pgweir.audit.seal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ed25519 keys in files as OpenSSL reads and writes them: the private one PKCS#8 in PEM, the public one SubjectPublicKeyInfo in
 * PEM beside it.
 */
public final class SealKeys {
    private static final Logger log = LoggerFactory.getLogger(SealKeys.class);

    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    /** A key of this kind has 120 bytes. */
    private static final int FILE_BYTES_MAX = 16 << 10;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> ALL_READ =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SealKeys() {}

    /**
     * Makes a new pair: {@code privateFile}, which nobody but its owner may read from its first byte on, and {@link #publicFile}.
     *
     * @throws SealKeyException where one of them is there already: no key is ever overwritten
     */
    public static SigningKey create(Path privateFile) throws IOException {
        Path publicFile = publicFile(privateFile);
        if (Files.exists(publicFile)) {
            throw new SealKeyException(publicFile, "is there already (expected: no such file)", null);
        }
        KeyPair pair = generate(new SecureRandom());
        write(privateFile, PRIVATE, pair.getPrivate().getEncoded(), OWNER_ONLY);
        write(publicFile, PUBLIC, pair.getPublic().getEncoded(), ALL_READ);
        return new SigningKey(pair.getPrivate(), PublicSealKey.of(pair.getPublic()));
    }

    /** Where the public key of {@code privateFile} is kept: {@code seal.pem} has {@code seal.pub.pem}. */
    public static Path publicFile(Path privateFile) {
        String name = String.valueOf(privateFile.getFileName());
        String stem = name.endsWith(".pem") ? name.substring(0, name.length() - ".pem".length()) : name;
        return privateFile.resolveSibling(stem + ".pub.pem");
    }

    /**
     * Warns where others than the owner may read or write the file.
     *
     * @throws SealKeyException where it is none, or {@link #publicFile} is there and belongs to another key
     */
    public static SigningKey readSigningKey(Path privateFile) throws IOException {
        byte[] der = read(privateFile, PRIVATE);
        warnIfOpen(privateFile);
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException e) {
            throw new SealKeyException(
                    privateFile, "is no Ed25519 key (expected: as `pgweir audit keys new` makes)", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
        PublicSealKey derived = PublicSealKey.of(derive(key));
        Path publicFile = publicFile(privateFile);
        if (Files.exists(publicFile)) {
            PublicSealKey beside = readPublicKey(publicFile);
            if (!beside.id().equals(derived.id())) {
                throw new SealKeyException(
                        publicFile,
                        "has key " + beside.id() + " (expected: " + derived.id() + ", of " + privateFile + ")",
                        null);
            }
        }
        return new SigningKey(key, derived);
    }

    /** @throws SealKeyException where it is none */
    public static PublicSealKey readPublicKey(Path publicFile) throws IOException {
        byte[] der = read(publicFile, PUBLIC);
        try {
            return PublicSealKey.of(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der)));
        } catch (InvalidKeySpecException e) {
            throw new SealKeyException(publicFile, "is no Ed25519 key (expected: as `pgweir audit keys new` makes)", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    /** {@code key} as a public key's file has it. */
    public static String pem(PublicSealKey key) {
        return pem(PUBLIC, key.key().getEncoded());
    }

    private static String pem(String kind, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }

    /** {@code random} is asked once, for the 32 bytes that are the private key (RFC 8032, section 5.1.5). */
    private static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    /** The JDK derives a public key only where it makes a pair: it is given this key's bytes for its random ones. */
    private static PublicKey derive(PrivateKey key) {
        byte[] seed = ((EdECPrivateKey) key)
                .getBytes()
                .orElseThrow(() -> new IllegalStateException("Ed25519 key from a file without its bytes"));
        return generate(new Given(seed)).getPublic();
    }

    private static void write(Path file, String kind, byte[] der, FileAttribute<Set<PosixFilePermission>> mode)
            throws IOException {
        String pem = pem(kind, der);
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(file, options, mode))) {
            out.write(pem.getBytes(StandardCharsets.US_ASCII));
        } catch (FileAlreadyExistsException e) {
            throw new SealKeyException(file, "is there already (expected: no such file)", e);
        } catch (NoSuchFileException e) {
            throw new SealKeyException(file, "its directory is not there (expected: an existing one)", e);
        } catch (IOException e) {
            throw new SealKeyException(file, "cannot be written: " + e.getMessage(), e);
        }
    }

    private static byte[] read(Path file, String kind) throws IOException {
        String text;
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new SealKeyException(
                        file, "is no key: " + Files.size(file) + " bytes (expected: a PEM file)", null);
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new SealKeyException(file, "no such file", e);
        } catch (SealKeyException e) {
            throw e;
        } catch (IOException e) {
            throw new SealKeyException(file, "cannot be read: " + e.getMessage(), e);
        }
        String begin = "-----BEGIN " + kind + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + kind + "-----");
        if (from < 0 || to < from) {
            throw new SealKeyException(file, found(text) + " (expected: " + begin + ")", null);
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            throw new SealKeyException(file, "what stands between BEGIN and END is no base64", e);
        }
    }

    /** The wrong file is mostly the right one's neighbour. */
    private static String found(String text) {
        int from = text.indexOf("-----BEGIN ");
        int to = from < 0 ? -1 : text.indexOf("-----", from + 5);
        return to < 0
                ? "is no PEM file"
                : "holds " + text.substring(from, to + 5).replaceAll("\\s", " ");
    }

    private static void warnIfOpen(Path file) throws IOException {
        Set<PosixFilePermission> mode = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        mode.retainAll(OTHERS);
        if (!mode.isEmpty()) {
            log.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("mode", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .log("Others than its owner may use the audit signing key (expected: rw-------)");
        }
    }

    /** Bytes that are known in the place of random ones. */
    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] to) {
            System.arraycopy(bytes, 0, to, 0, to.length);
        }
    }
}
