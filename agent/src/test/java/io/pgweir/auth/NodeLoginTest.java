package io.pgweir.auth;

import static io.pgweir.auth.Exchanges.bytes;
import static io.pgweir.auth.Exchanges.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.wire.BackendMessage.Authentication;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeLoginTest {
    private static final byte[] OFFER = bytes("SCRAM-SHA-256\0\0");
    private static final Password PASSWORD = new Password("md5 test");
    private static final ClientKey KEY = new ClientKey(new byte[32], verifier("s", 64));

    @Test
    void aServerThatAsksNothingLetsIn() {
        assertThat(login(KEY).onAuthentication(Authentication.OK, new byte[0])).isEqualTo(new NodeLogin.Done());
    }

    @Test
    void aServerThatAskedForAProofMustGiveOne() {
        // Given
        NodeLogin login = login(PASSWORD);
        login.onAuthentication(Authentication.SASL, OFFER);
        // When
        NodeLogin.Answer answer = login.onAuthentication(Authentication.OK, new byte[0]);
        // Then
        assertThat(answer)
                .hasToString("Failed[stale=false, reason=the server lets in without proving that it knows the"
                        + " role's verifier]");
    }

    @Test
    void anotherVerifierIsAStaleKey() {
        // Given
        NodeLogin login = login(KEY);
        String nonce = nonce(login);
        // When
        NodeLogin.Answer answer =
                login.onAuthentication(Authentication.SASL_CONTINUE, bytes("r=" + nonce + "x,s=c2FsdA==,i=4096"));
        // Then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        NodeLogin.Failed.class,
                        failed -> assertThat(failed.stale()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r=N,s=c2FsdA==,i=4096",
                "r=x,s=c2FsdA==,i=4096",
                "r=Nx,s=,i=4096",
                "r=Nx,s=c2FsdA,i=4096",
                "r=Nx,s=c2FsdA==,i=0",
                "r=Nx,s=c2FsdA==,i=1000001",
                "r=Nx,s=c2FsdA==,i=4096,m=x",
                "m=x,r=Nx",
                "e=no"
            })
    void aServerThatDoesNotKeepToScramIsRefused(String serverFirst) {
        // Given
        NodeLogin login = login(PASSWORD);
        String nonce = nonce(login);
        // When
        NodeLogin.Answer answer =
                login.onAuthentication(Authentication.SASL_CONTINUE, bytes(serverFirst.replace("r=N", "r=" + nonce)));
        // Then
        assertThat(answer).isInstanceOfSatisfying(NodeLogin.Failed.class, failed -> {
            assertThat(failed.stale()).isFalse();
            assertThat(failed.reason()).startsWith("the server's SCRAM message is malformed: ");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=AAAA", "v=", "e=invalid-proof", "x"})
    void aServerThatDoesNotKnowTheVerifierIsRefused(String serverFinal) {
        // Given
        NodeLogin login = login(PASSWORD);
        login.onAuthentication(Authentication.SASL_CONTINUE, bytes("r=" + nonce(login) + "x,s=c2FsdA==,i=64"));
        // When, Then
        assertThat(login.onAuthentication(Authentication.SASL_FINAL, bytes(serverFinal)))
                .isInstanceOf(NodeLogin.Failed.class);
        assertThat(login.onAuthentication(Authentication.OK, new byte[0])).isInstanceOf(NodeLogin.Failed.class);
    }

    @Test
    void aPasswordAnswersMd5AndWithTlsClearText() {
        // Given
        byte[] salt = {1, 2, 3, 4};
        // When, Then
        assertThat(login(PASSWORD).onAuthentication(Authentication.MD5_PASSWORD, salt))
                .isInstanceOfSatisfying(
                        NodeLogin.Send.class,
                        send -> assertThat(new String(send.body(), StandardCharsets.US_ASCII))
                                .matches("md5[0-9a-f]{32}\0"));
        assertThat(login(PASSWORD).onAuthentication(Authentication.CLEARTEXT_PASSWORD, new byte[0]))
                .hasToString("Failed[stale=false, reason=the server asks for the password in clear text, without TLS"
                        + " (expected: with TLS)]");
        assertThat(new NodeLogin("alice", PASSWORD, true, null)
                        .onAuthentication(Authentication.CLEARTEXT_PASSWORD, new byte[0]))
                .isInstanceOfSatisfying(
                        NodeLogin.Send.class, send -> assertThat(send.body()).isEqualTo(bytes("md5 test\0")));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 7, 9, 99})
    void aKeyAnswersScramOnly(int code) {
        assertThat(login(KEY).onAuthentication(code, new byte[4]))
                .isInstanceOfSatisfying(
                        NodeLogin.Failed.class,
                        failed -> assertThat(failed.reason())
                                .startsWith("the server asks for ")
                                .endsWith(" (expected: SCRAM-SHA-256)"));
    }

    @Property(tries = 1000)
    void garbageFailsAndNeverThrows(
            @ForAll @IntRange(max = 13) int code, @ForAll @Size(max = 80) byte[] rest, @ForAll boolean begun) {
        // Given
        NodeLogin login = login(KEY);
        if (begun) {
            login.onAuthentication(Authentication.SASL, OFFER);
        }
        // When
        NodeLogin.Answer answer = login.onAuthentication(code, rest);
        // Then
        assertThat(answer).isInstanceOfAny(NodeLogin.Failed.class, NodeLogin.Done.class);
        assertThat(answer instanceof NodeLogin.Done && (begun || code != 0)).isFalse();
    }

    private static NodeLogin login(NodeSecret secret) {
        return new NodeLogin("alice", secret, false, null);
    }

    private static String nonce(NodeLogin login) {
        var send = (NodeLogin.Send) login.onAuthentication(Authentication.SASL, OFFER);
        String body = new String(send.body(), StandardCharsets.ISO_8859_1);
        return body.substring(body.indexOf("r=") + 2);
    }
}
