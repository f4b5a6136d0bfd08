package io.pgweir.auth.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.auth.NodeLogin;
import io.pgweir.auth.Password;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.HostPort;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class IamTokensTest {
    private static final HostPort NODE = new HostPort("orders.abc.eu-central-1.rds.amazonaws.com", 5432);

    /** What the SDK's own RdsUtilities 2.42.33 makes of the same. */
    private static final String KNOWN =
            "orders.abc.eu-central-1.rds.amazonaws.com:5432/?DBUser=app%20user&Action=connect"
                    + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260601T120000Z&X-Amz-SignedHeaders=host"
                    + "&X-Amz-Credential=AKIDEXAMPLE%2F20260601%2Feu-central-1%2Frds-db%2Faws4_request&X-Amz-Expires=900"
                    + "&X-Amz-Signature=a3afe2562e9133685b015cc510a5e6fa5f5432d08700f8ee5d48a37794a31f13";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T12:00:00Z"));
    private final IamTokens tokens = new IamTokens(
            new AuthConfig.AwsIam("eu-central-1"),
            StaticCredentialsProvider.create(
                    AwsBasicCredentials.create("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
            clock(now::get));

    @AfterEach
    void close() {
        tokens.close();
    }

    @Test
    void aTokenIsASignedRequestToConnect() {
        assertThat(text(token("app user"))).isEqualTo(KNOWN + "\0");
    }

    @Test
    void aTokenIsUsedForTenMinutesOrUntilItIsRefused() {
        // Given
        Password first = token("alice");
        // When
        later(Duration.ofSeconds(599));
        Password same = token("alice");
        Password other = token("bob");
        later(Duration.ofSeconds(1));
        Password next = token("alice");
        tokens.invalidate("alice");
        // Then
        assertThat(same).isSameAs(first).isNotSameAs(other);
        assertThat(text(next)).isNotEqualTo(text(first));
        assertThat(token("alice")).isNotSameAs(next);
    }

    @Test
    void afterTheEndThereIsNone() {
        // Given
        tokens.close();
        // When, Then
        assertThatThrownBy(() -> token("alice")).hasMessageContaining("aws-iam: stopped");
    }

    private Password token(String user) {
        return tokens.token(NODE, user)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** As a server asks for it. */
    private static String text(Password token) {
        var login = new NodeLogin("alice", token, true, null);
        return login.onAuthentication(3, new byte[0]) instanceof NodeLogin.Send send
                ? new String(send.body(), StandardCharsets.US_ASCII)
                : "";
    }

    private void later(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private static Clock clock(InstantSource source) {
        return source.withZone(ZoneOffset.UTC);
    }
}
