package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramVerifierTest {
    private static final String KEY = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=";

    @Property(tries = 200)
    void whatIsPrintedIsParsed(
            @ForAll @IntRange(min = 1) int iterations,
            @ForAll @Size(min = 1, max = 64) byte[] salt,
            @ForAll @Size(32) byte[] storedKey,
            @ForAll @Size(32) byte[] serverKey) {
        // Given
        var verifier = new ScramVerifier(iterations, salt, storedKey, serverKey);
        // When
        RoleSecret parsed = RoleSecret.of(verifier.print());
        // Then
        assertThat(parsed).isEqualTo(verifier).hasSameHashCodeAs(verifier);
        assertThat(parsed.toString()).isEqualTo("SCRAM-SHA-256 verifier of " + iterations + " iterations");
    }

    @Property(tries = 500)
    void garbageIsAPasswordOrSaysWhatItIsNot(@ForAll String text) {
        // Given, When, Then
        assertThat(RoleSecret.of(text)).isInstanceOf(Password.class);
        assertThatThrownBy(() -> RoleSecret.of("SCRAM-SHA-256$" + text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("SCRAM verifier: ")
                .hasMessageContaining("expected: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4096:c2FsdA==$K      | another form",
                "4096:c2FsdA==$K:K:K  | ServerKey is no Base64",
                "0:c2FsdA==$K:K       | iterations: 0 (expected: 1 to 2147483647)",
                "2147483648:c2FsdA==$K:K | iterations: 2147483648 (expected: 1 to 2147483647)",
                "-1:c2FsdA==$K:K      | iterations are no number",
                ":c2FsdA==$K:K        | iterations are no number",
                "4096:$K:K            | salt: 0 bytes (expected: 1 to 1024)",
                "4096:c2FsdA$K:K      | salt is no Base64",
                "4096:c2FsdA==$c2FsdA==:K | StoredKey: 4 bytes (expected: 32)",
                "4096:c2FsdA==$K:!!!! | ServerKey is no Base64",
            })
    void aMalformedVerifierSaysWhereAndShowsNothing(String tail, String expected) {
        // Given
        String text = "SCRAM-SHA-256$" + tail.replace("K", KEY);
        // When, Then
        assertThatThrownBy(() -> RoleSecret.of(text))
                .hasMessageContaining(expected)
                .message()
                .doesNotContain(KEY)
                .doesNotContain("c2FsdA");
    }

    @Test
    void md5IsRecognisedAsPostgreSqlRecognisesIt() {
        // Given
        String hash = "md5" + "0123456789abcdef".repeat(2);
        // When, Then
        assertThat(RoleSecret.of(hash)).isInstanceOf(Md5Hash.class);
        assertThat(RoleSecret.of(hash.replace('a', 'A'))).isInstanceOf(Password.class);
        assertThat(RoleSecret.of(hash + "0")).isInstanceOf(Password.class);
        assertThat(RoleSecret.of("secret")).hasToString("password");
    }
}
