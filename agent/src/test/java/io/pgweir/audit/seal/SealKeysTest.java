package io.pgweir.audit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealKeysTest {
    /** RFC 8410, section 10.3, and its public key of section 10.1. */
    private static final String RFC_PRIVATE = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

    private static final String RFC_PUBLIC = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("seal.pem");
    }

    @Test
    void newPairIsReadBack() throws Exception {
        // When
        SigningKey made = SealKeys.create(file);

        // Then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        SigningKey read = SealKeys.readSigningKey(file);
        PublicSealKey readPublic = SealKeys.readPublicKey(directory.resolve("seal.pub.pem"));
        byte[] text = "text".getBytes(StandardCharsets.UTF_8);
        assertThat(readPublic.verifies(text, read.sign(text))).isTrue();
        assertThat(readPublic).isEqualTo(made.publicKey()).isEqualTo(read.publicKey());
        assertThat(readPublic.id()).matches("[0-9a-f]{16}");
    }

    @Test
    void publicKeyIsDerivedFromThePrivateOne() throws Exception {
        // Given
        Files.writeString(file, pem("PRIVATE KEY", RFC_PRIVATE));

        // When
        PublicSealKey derived = SealKeys.readSigningKey(file).publicKey();

        // Then
        assertThat(Base64.getEncoder().encodeToString(derived.key().getEncoded()))
                .isEqualTo(RFC_PUBLIC);
    }

    @Test
    void noKeyIsEverOverwritten() throws Exception {
        // Given
        SealKeys.create(file);
        String before = Files.readString(file);

        // Then
        assertThatThrownBy(() -> SealKeys.create(file))
                .isInstanceOf(SealKeyException.class)
                .hasMessageContaining("is there already");
        Files.delete(directory.resolve("seal.pub.pem"));
        assertThatThrownBy(() -> SealKeys.create(file)).hasMessageStartingWith(file + ": is there already");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void privateKeyBesideAnotherOnesPublicKeyIsRefused() throws Exception {
        // Given
        SealKeys.create(file);
        Files.writeString(directory.resolve("seal.pub.pem"), pem("PUBLIC KEY", RFC_PUBLIC));

        // Then
        assertThatThrownBy(() -> SealKeys.readSigningKey(file))
                .isInstanceOf(SealKeyException.class)
                .hasMessageContaining("seal.pub.pem: has key")
                .hasMessageContaining("expected: ");
    }

    @Test
    void wrongFilesAreNamed() throws Exception {
        Files.writeString(file, pem("PUBLIC KEY", RFC_PUBLIC));
        assertThatThrownBy(() -> SealKeys.readSigningKey(file))
                .hasMessage(file + ": holds -----BEGIN PUBLIC KEY----- (expected: -----BEGIN PRIVATE KEY-----)");
        Files.writeString(file, pem("PRIVATE KEY", "AAAA"));
        assertThatThrownBy(() -> SealKeys.readSigningKey(file)).hasMessageContaining("is no Ed25519 key");
        Files.writeString(file, pem("PUBLIC KEY", "AAAA"));
        assertThatThrownBy(() -> SealKeys.readPublicKey(file)).hasMessageContaining("is no Ed25519 key");
        Files.writeString(file, pem("PRIVATE KEY", rsa()));
        assertThatThrownBy(() -> SealKeys.readSigningKey(file)).hasMessageContaining("is no Ed25519 key");
        Files.writeString(file, "x".repeat(20_000));
        assertThatThrownBy(() -> SealKeys.readSigningKey(file)).hasMessageContaining("20000 bytes");
        assertThatThrownBy(() -> SealKeys.readSigningKey(directory.resolve("none")))
                .hasMessageEndingWith("no such file");
        assertThatThrownBy(() -> SealKeys.readSigningKey(directory)).isInstanceOf(SealKeyException.class);
        assertThatThrownBy(() -> SealKeys.create(directory.resolve("none/seal.pem")))
                .hasMessageContaining("its directory is not there");
    }

    @Property(tries = 200)
    void garbageIsNoKey(@ForAll byte[] bytes) throws Exception {
        // Given
        Path garbage = Files.createTempFile("garbage", ".pem");
        try {
            Files.write(garbage, bytes);
            // Then
            assertThatThrownBy(() -> SealKeys.readPublicKey(garbage)).isInstanceOf(SealKeyException.class);
            Files.writeString(garbage, pem("PRIVATE KEY", Base64.getEncoder().encodeToString(bytes)));
            assertThatThrownBy(() -> SealKeys.readSigningKey(garbage)).isInstanceOf(SealKeyException.class);
        } finally {
            Files.delete(garbage);
        }
    }

    private static String rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        return Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
    }

    private static String pem(String kind, String base64) {
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }
}
