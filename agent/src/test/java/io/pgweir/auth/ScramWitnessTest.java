package io.pgweir.auth;

import static io.pgweir.auth.Exchanges.bytes;
import static io.pgweir.auth.Exchanges.initial;
import static io.pgweir.auth.Exchanges.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.wire.BackendMessage.Authentication;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScramWitnessTest {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String BOTH = NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final ClientKey PENCIL =
            new Password("pencil").derive(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    private static final String FINAL = "c=biws,r=" + BOTH + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

    private final ScramWitness witness = new ScramWitness();

    private static byte[] request(int code, String rest) {
        return Frontend.concat(Frontend.int4(code), bytes(rest));
    }

    /** RFC 7677 section 3. */
    private void watch(String last) {
        witness.onServer(request(Authentication.SASL, "SCRAM-SHA-256\0\0"));
        witness.onClient(initial("SCRAM-SHA-256", "n,,n=user,r=" + NONCE));
        witness.onServer(request(Authentication.SASL_CONTINUE, "r=" + BOTH + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        witness.onClient(bytes(last));
    }

    @Test
    void theProofRevealsTheKeyToWhoeverHasTheVerifier() {
        // When
        watch(FINAL);

        // Then
        byte[] message = bytes("any");
        ClientKey key = Objects.requireNonNull(witness.key(PENCIL.verifier()));
        assertThat(key.proof(message)).isEqualTo(PENCIL.proof(message));
    }

    @Test
    void aVerifierOfAnotherPasswordRevealsNothing() {
        // When
        watch(FINAL);

        // Then
        assertThat(witness.key(verifier("pencil", 4096))).isNull();
        assertThat(witness.key(verifier("pen", 64))).isNull();
    }

    @Test
    void whatTheClientSaidIsZeroed() {
        // Given
        watch("");
        byte[] last = bytes(FINAL);

        // When
        witness.onClient(last);

        // Then
        assertThat(last).containsOnly(0);
    }

    @Test
    void closedItHasSeenNothingAndSeesNothing() {
        // Given
        watch(FINAL);

        // When
        witness.close();
        watch(FINAL);

        // Then
        assertThat(witness.key(PENCIL.verifier())).isNull();
        witness.close();
    }

    @Test
    void aProofThatIsNoneIsNotKept() {
        for (String last : List.of(
                "",
                ",p=",
                "c=biws,r=" + BOTH,
                "c=biws,r=" + BOTH + ",p=AAAA",
                "c=biws,r=" + BOTH + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndV",
                "c=biws,r=" + BOTH + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=,x=y")) {
            var other = new ScramWitness();
            other.onServer(request(Authentication.SASL, "SCRAM-SHA-256\0\0"));
            other.onClient(initial("SCRAM-SHA-256", "n,,n=user,r=" + NONCE));
            other.onServer(request(Authentication.SASL_CONTINUE, "r=" + BOTH));
            // When
            other.onClient(bytes(last));
            // Then
            assertThat(other.key(PENCIL.verifier())).as(last).isNull();
        }
    }

    @Property(tries = 1000)
    void garbageRevealsNothingAndNeverThrows(
            @ForAll @IntRange(max = 13) int code,
            @ForAll @Size(max = 60) byte[] server,
            @ForAll @Size(max = 60) byte[] first,
            @ForAll @Size(max = 60) byte[] last,
            @ForAll boolean offered) {
        // Given
        var seen = new ScramWitness();
        if (offered) {
            seen.onServer(request(Authentication.SASL, ""));
        }
        // When
        seen.onServer(server);
        seen.onClient(first);
        seen.onServer(Frontend.concat(Frontend.int4(code), server));
        seen.onClient(last);
        // Then
        assertThat(seen.key(PENCIL.verifier())).isNull();
    }
}
