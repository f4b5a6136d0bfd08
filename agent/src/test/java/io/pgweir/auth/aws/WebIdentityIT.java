package io.pgweir.auth.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** A pod of EKS has a token of its service account (IRSA), for which STS gives credentials: the SDK needs a library for that. */
@Timeout(60)
class WebIdentityIT {
    private static final String ANSWER = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult><Credentials>
                <AccessKeyId>ASIAPOD</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
                <SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
              </Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """;

    private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @TempDir
    private Path dir;

    @AfterEach
    void forget() {
        settings("", Path.of("")).keySet().forEach(System::clearProperty);
    }

    private static Map<String, String> settings(String sts, Path token) {
        return Map.of(
                "aws.region",
                "eu-central-1",
                "aws.roleArn",
                "arn:aws:iam::1:role/pgweir",
                "aws.webIdentityTokenFile",
                token.toString(),
                "aws.endpointUrlSts",
                sts);
    }

    @Test
    void aServiceAccountsTokenBringsCredentials() throws Exception {
        HttpServer sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.createContext("/", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        sts.start();
        try (DefaultCredentialsProvider chain =
                DefaultCredentialsProvider.builder().build()) {
            Path token = Files.writeString(dir.resolve("token"), "token-of-the-pod");
            settings("http://127.0.0.1:" + sts.getAddress().getPort(), token).forEach(System::setProperty);

            AwsCredentials found = chain.resolveCredentials();

            assertThat(found.accessKeyId()).isEqualTo("ASIAPOD");
            assertThat(asked.poll(1, TimeUnit.SECONDS))
                    .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=token-of-the-pod");
        } finally {
            sts.stop(0);
        }
    }
}
