package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.pgweir.config.AuditConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private static final byte[] VALUE = "42".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private static AuditConfig config(@Nullable Path key, @Nullable Path spool) {
        AuditConfig plain = AuditConfig.DEFAULT;
        return new AuditConfig(
                plain.parameters(),
                plain.text(),
                plain.queueRecords(),
                plain.textBytes(),
                plain.parameterBytes(),
                plain.copySha256(),
                key,
                plain.durability(),
                spool == null ? null : AuditConfig.Spool.of(spool),
                plain.seal(),
                List.of());
    }

    /** As {@code printf '\00142' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00..00} has it. */
    @Test
    void aTokenIsAnHmac() {
        assertThat(Tokens.ofKey(new byte[32]).token(VALUE)).isEqualTo("637eee47a13ed4b119e3620f09576214");
    }

    @Test
    void theSpoolKeepsAKeyForItsOwnerOnly() throws IOException {
        // Given
        Path spool = directory.resolve("spool");
        // When
        String first = Tokens.of(config(null, spool)).token(VALUE);
        // Then
        assertThat(Tokens.of(config(null, spool)).token(VALUE)).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.resolve("tokens.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aConfiguredKeyWins() throws IOException {
        // Given
        Path key = Files.writeString(directory.resolve("key"), "00".repeat(32) + "\n");
        // When
        Tokens tokens = Tokens.of(config(key, directory));
        // Then
        assertThat(tokens.token(VALUE)).isEqualTo(Tokens.ofKey(new byte[32]).token(VALUE));
        assertThat(directory.resolve("tokens.key")).doesNotExist();
    }

    @Test
    void withoutEitherNobodyKnowsTheKey() throws IOException {
        assertThat(Tokens.of(config(null, null)).token(VALUE))
                .hasSize(32)
                .isNotEqualTo(Tokens.of(config(null, null)).token(VALUE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "abc", "zz", "00", "0"})
    void whatIsNoKeyStopsTheStart(String text) throws IOException {
        // Given
        Path key = Files.writeString(directory.resolve("key"), text);
        // When, Then
        assertThatIOException()
                .isThrownBy(() -> Tokens.of(config(key, null)))
                .withMessage("audit token key " + key + ":1: " + text.length()
                        + " characters that are no key (expected: at least 64 hexadecimal digits)");
    }

    @Test
    void aMissingKeyIsNamed() {
        Path key = directory.resolve("none");
        assertThatIOException()
                .isThrownBy(() -> Tokens.of(config(key, null)))
                .withMessage("audit token key " + key + ": no such file");
    }
}
