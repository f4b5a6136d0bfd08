package io.pgweir.auth;

import static io.pgweir.auth.Exchanges.NOW;
import static io.pgweir.auth.Exchanges.bytes;
import static io.pgweir.auth.Exchanges.initial;
import static io.pgweir.auth.Exchanges.play;
import static io.pgweir.auth.Exchanges.role;
import static io.pgweir.auth.Exchanges.server;
import static io.pgweir.auth.Exchanges.verifier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScramServerTest {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final byte[] END_POINT = Scram.hash(bytes("certificate"));

    /** RFC 7677 section 3. */
    @Test
    void theExchangeOfTheRfc() {
        // Given
        ClientKey pencil = new Password("pencil").derive(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        var server =
                new ScramServer("user", role("user", pencil.verifier()), NOW, new MockVerifiers(), null, SERVER_NONCE);
        // When
        var challenge = (ScramServer.Challenge) server.onResponse(initial("SCRAM-SHA-256", "n,,n=user,r=" + NONCE));
        var proven = (ScramServer.Proven) server.onResponse(
                bytes("c=biws,r=" + NONCE + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        // Then
        assertThat(new String(challenge.data(), StandardCharsets.US_ASCII))
                .isEqualTo("r=" + NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(new String(proven.data(), StandardCharsets.US_ASCII))
                .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        byte[] message = bytes("any");
        assertThat(((ClientKey) proven.secret()).proof(message)).isEqualTo(pencil.proof(message));
    }

    @Property(tries = 50)
    void whoeverHasThePasswordOrTheKeyGetsInAndNobodyElse(
            @ForAll @StringLength(min = 1) @CharRange(from = 1, to = '\uffff') String password,
            @ForAll @StringLength(min = 1) @CharRange(from = 1, to = '\uffff') String other,
            @ForAll @IntRange(min = 1, max = 50) int iterations) {
        // Given
        KnownRole alice = role("alice", verifier(password, iterations));
        // When
        NodeSecret key = play(new NodeLogin("alice", new Password(password), false, null), server("alice", alice))
                .secret();
        var withKey = play(new NodeLogin("alice", key, false, null), server("alice", alice));
        var wrong = play(new NodeLogin("alice", new Password(other), false, null), server("alice", alice));
        // Then
        assertThat(key).isInstanceOf(ClientKey.class);
        assertThat(withKey.client()).isInstanceOf(NodeLogin.Wait.class);
        if (!Arrays.equals(SaslPrep.bytes(password), SaslPrep.bytes(other))) {
            assertThat(wrong.server()).isEqualTo(refused("alice", "proof does not fit"));
        }
    }

    @Test
    void aRoleThatCannotLogInFailsWhereAWrongPasswordDoesWithTheSameWords() {
        // Given
        ScramVerifier good = verifier("s", 4096);
        var expired = new KnownRole("alice", good, NOW.minusMillis(1));
        var valid = new KnownRole("alice", good, NOW);
        // When, Then
        assertThat(outcome(null)).isEqualTo(refused("alice", "role is not known"));
        assertThat(outcome(new KnownRole("alice", null, null))).isEqualTo(refused("alice", "role has no password"));
        assertThat(outcome(role("alice", new Password("")))).isEqualTo(refused("alice", "role has no password"));
        assertThat(outcome(expired))
                .isEqualTo(refused("alice", "role's password is valid no longer than 2026-06-01T11:59:59.999Z"));
        assertThat(outcome(role("alice", new Md5Hash())))
                .isInstanceOfSatisfying(
                        ScramServer.Refused.class, md5 -> assertThat(md5.why()).contains("stored as md5"));
        assertThat(outcome(valid)).isInstanceOf(ScramServer.Proven.class);
    }

    @Test
    void anUnknownRoleIsAskedLikeAnyOtherAndAlwaysTheSame() {
        // Given
        var mocks = new MockVerifiers();
        // When
        String once = challenge(new ScramServer("nobody", null, NOW, mocks, null));
        String again = challenge(new ScramServer("nobody", null, NOW, mocks, null));
        String other = challenge(new ScramServer("somebody", null, NOW, mocks, null));
        String known = challenge(new ScramServer("alice", role("alice", verifier("s", 4096)), NOW, mocks, null));
        String clear = challenge(new ScramServer("bob", role("bob", new Password("b")), NOW, mocks, null));
        // Then
        assertThat(once)
                .isEqualTo(again)
                .isNotEqualTo(other)
                .hasSameSizeAs(known)
                .hasSameSizeAs(clear);
        assertThat(once).matches("s=[A-Za-z0-9+/]{22}==,i=4096");
    }

    @Test
    void aPasswordThatIsKnownItselfIsWhatServersGet() {
        // Given
        var secret = new Password("s\u00e9cret");
        // When
        var played = play(new NodeLogin("bob", secret, false, null), server("bob", role("bob", secret)));
        // Then
        assertThat(played.secret()).isSameAs(secret);
    }

    @Test
    void bindingIsOfferedWithACertificateAndChecked() {
        // Given
        KnownRole alice = role("alice", verifier("s", 64));
        var mocks = new MockVerifiers();
        var password = new Password("s");
        byte[] another = Scram.hash(bytes("another"));
        // When
        var bound = play(
                new NodeLogin("alice", password, true, END_POINT),
                new ScramServer("alice", alice, NOW, mocks, END_POINT));
        var unbound = play(
                new NodeLogin("alice", password, true, null), new ScramServer("alice", alice, NOW, mocks, END_POINT));
        var between = play(
                new NodeLogin("alice", password, true, another),
                new ScramServer("alice", alice, NOW, mocks, END_POINT));
        var offered = play(new NodeLogin("alice", password, true, END_POINT), server("alice", alice));
        // Then
        assertThat(bound.client()).isInstanceOf(NodeLogin.Wait.class);
        assertThat(unbound.client()).isInstanceOf(NodeLogin.Wait.class);
        assertThat(offered.client()).isInstanceOf(NodeLogin.Wait.class);
        assertThat(between.server()).isInstanceOfSatisfying(ScramServer.Refused.class, refused -> {
            assertThat(refused.sqlState()).isEqualTo("28000");
            assertThat(refused.message()).isEqualTo("SCRAM channel binding check failed");
        });
    }

    @Test
    void theFirstMessageMayComeAfterAnEmptyChallenge() {
        // Given
        ScramServer server = server("alice", role("alice", verifier("s", 64)));
        // When
        var empty = (ScramServer.Challenge) server.onResponse(bytes("SCRAM-SHA-256\0\u00ff\u00ff\u00ff\u00ff"));
        ScramServer.Step step = server.onResponse(bytes("n,,n=,r=abc"));
        // Then
        assertThat(empty.data()).isEmpty();
        assertThat(step).isInstanceOf(ScramServer.Challenge.class);
    }

    /** The texts are those of PostgreSQL 18: AuthIT compares. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "OAUTHBEARER   | n,,n=,r=x   | 08P01 | client selected an invalid SASL authentication mechanism | null",
                "SCRAM-SHA-256-PLUS | p=tls-server-end-point,,n=,r=x | 08P01 | client selected an invalid SASL authentication mechanism | null",
                "SCRAM-SHA-256 | ''          | 08P01 | malformed SCRAM message | The message is empty.",
                "SCRAM-SHA-256 | x,,n=,r=x   | 08P01 | malformed SCRAM message | Unexpected channel-binding flag \"'x'\".",
                "SCRAM-SHA-256 | n;,n=,r=x   | 08P01 | malformed SCRAM message | Comma expected, but found character \"';'\".",
                "SCRAM-SHA-256 | n,a=b,n=,r=x | 0A000 | client uses authorization identity, but it is not supported | null",
                "SCRAM-SHA-256 | n,n=,r=x    | 08P01 | malformed SCRAM message | Unexpected attribute \"'n'\" in client-first-message.",
                "SCRAM-SHA-256 | n,,m=1,n=,r=x | 0A000 | client requires an unsupported SCRAM extension | null",
                "SCRAM-SHA-256 | n,,r=x      | 08P01 | malformed SCRAM message | Expected attribute \"n\" but found \"'r'\".",
                "SCRAM-SHA-256 | n,,n=       | 08P01 | malformed SCRAM message | Expected attribute \"r\" but found \"0x00\".",
                "SCRAM-SHA-256 | n,,nx,r=x   | 08P01 | malformed SCRAM message | Expected character \"=\" for attribute \"n\".",
                "SCRAM-SHA-256 | n,,n=,r=x,7=y | 08P01 | malformed SCRAM message | Attribute expected, but found invalid character \"'7'\".",
                "SCRAM-SHA-256 | 'n,,n=,r=a b' | 08P01 | non-printable characters in SCRAM nonce | null",
                "SCRAM-SHA-256 | p=tls-unique,,n=,r=x | 08P01 | malformed SCRAM message | The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.",
            })
    void aMalformedFirstMessageIsAViolationAsPostgreSqlSaysIt(
            String mechanism, String first, String sqlState, String message, @Nullable String detail) {
        // Given
        ScramServer server = server("alice", null);
        // When
        ScramServer.Step step = server.onResponse(initial(mechanism, first));
        // Then
        assertThat(step).isEqualTo(new ScramServer.Refused(sqlState, message, detail, "malformed SCRAM message"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "c=eSws,r=N,p=P   | unexpected SCRAM channel-binding attribute in client-final-message | null",
                "c=biws,r=abcx,p=P | invalid SCRAM response | Nonce does not match.",
                "c=biws,r=N,p=AAAA | malformed SCRAM message | Malformed proof in client-final-message.",
                "c=biws,r=N,p=!    | malformed SCRAM message | Malformed proof in client-final-message.",
                "c=biws,r=N,p=P,x=y | malformed SCRAM message | Garbage found at the end of client-final-message.",
                "c=biws,r=N        | malformed SCRAM message | Attribute expected, but found end of string.",
                "r=N,p=P           | malformed SCRAM message | Expected attribute \"c\" but found \"'r'\".",
            })
    void aMalformedFinalMessageToo(String last, String message, @Nullable String detail) {
        // Given
        ScramServer server = server("alice", role("alice", verifier("s", 64)));
        var challenge = (ScramServer.Challenge) server.onResponse(initial("SCRAM-SHA-256", "n,,n=,r=abc"));
        String first = new String(challenge.data(), StandardCharsets.US_ASCII);
        String nonce = first.substring(2, first.indexOf(','));
        String sent = last.replace("r=N", "r=" + nonce).replace("p=P", "p=" + Scram.base64(new byte[32]));
        // When
        ScramServer.Step step = server.onResponse(bytes(sent));
        // Then
        assertThat(step).isEqualTo(new ScramServer.Refused("08P01", message, detail, "malformed SCRAM message"));
    }

    @Property(tries = 1000)
    void garbageIsRefusedOrAskedOnAndNeverThrows(
            @ForAll @Size(max = 60) byte[] one, @ForAll @Size(max = 1100) byte[] two) {
        // Given
        ScramServer raw = server("alice", null);
        ScramServer begun = server("alice", null);
        begun.onResponse(initial("SCRAM-SHA-256", "n,,n=,r=abc"));
        ScramServer first = server("alice", null);
        first.onResponse(bytes("SCRAM-SHA-256\0\u00ff\u00ff\u00ff\u00ff"));
        // When, Then
        assertThat(raw.onResponse(one)).isInstanceOf(ScramServer.Refused.class);
        assertThat(begun.onResponse(two.clone())).isInstanceOf(ScramServer.Refused.class);
        assertThat(first.onResponse(two)).isInstanceOf(ScramServer.Step.class);
    }

    @Test
    void nothingOfAProofIsLeftBehind() {
        // Given
        KnownRole alice = role("alice", verifier("s", 64));
        byte[] initial = initial("SCRAM-SHA-256", "n,,n=,r=abc");
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 7);
        var key = new ClientKey(bytes, verifier("s", 64));
        // When
        server("alice", alice).onResponse(initial);
        key.close();
        // Then
        assertThat(initial).containsOnly(0);
        assertThat(bytes).containsOnly(0);
        assertThat(key).hasToString("client key, zeroed");
        assertThatThrownBy(() -> key.proof(bytes)).isInstanceOf(IllegalStateException.class);
    }

    private static ScramServer.@Nullable Step outcome(@Nullable KnownRole role) {
        return play(new NodeLogin("alice", new Password("s"), false, null), server("alice", role))
                .server();
    }

    private static ScramServer.Refused refused(String user, String why) {
        return new ScramServer.Refused("28P01", "password authentication failed for user \"" + user + '"', null, why);
    }

    /** Without the nonce. */
    private static String challenge(ScramServer server) {
        var challenge = (ScramServer.Challenge) server.onResponse(initial("SCRAM-SHA-256", "n,,n=,r=abc"));
        String text = new String(challenge.data(), StandardCharsets.US_ASCII);
        return text.substring(text.indexOf(",s=") + 1);
    }
}
