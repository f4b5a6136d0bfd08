package io.pgweir.auth.aws;

import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Password;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.HostPort;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Tokens of RDS's IAM authentication: a signed request to connect, sent as the password, over TLS only. A token is good for 15
 * minutes and used for 10.
 *
 * <p>Any thread; one virtual thread a token that must be made, as credentials may have to be asked for.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html">RDS User Guide</a>
 */
public final class IamTokens implements NodeTokens {
    private static final Duration VALID = Duration.ofMinutes(15);
    private static final Duration USED = Duration.ofMinutes(10);
    private static final int KEPT_MAX = 10_000;

    private record Key(HostPort node, String user) {}

    private record Kept(Password token, Instant since) {}

    private final @Nullable String region;
    private final AwsCredentialsProvider credentials;
    private final Clock clock;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Key, Kept> kept = new LinkedHashMap<>();

    public IamTokens(AuthConfig.AwsIam config) {
        this(config, DefaultCredentialsProvider.builder().build(), Clock.systemUTC());
    }

    IamTokens(AuthConfig.AwsIam config, AwsCredentialsProvider credentials, Clock clock) {
        this.region = config.region();
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Password> token(HostPort node, String user) {
        Key key = new Key(node, user);
        synchronized (kept) {
            Kept known = kept.get(key);
            if (known != null && clock.instant().isBefore(known.since.plus(USED))) {
                return CompletableFuture.completedStage(known.token);
            }
        }
        CompletableFuture<Password> made = new CompletableFuture<>();
        try {
            threads.execute(() -> make(key, made));
        } catch (RejectedExecutionException stopped) {
            made.completeExceptionally(new IOException("aws-iam: stopped", stopped));
        }
        return made.minimalCompletionStage();
    }

    private void make(Key key, CompletableFuture<Password> made) {
        try {
            Instant now = clock.instant();
            Password token = new Password(sign(key, now));
            synchronized (kept) {
                kept.remove(key);
                kept.put(key, new Kept(token, now));
                if (kept.size() > KEPT_MAX) {
                    kept.remove(kept.keySet().iterator().next());
                }
            }
            made.complete(token);
        } catch (SdkException fault) {
            made.completeExceptionally(new IOException("aws-iam: " + fault.getMessage(), fault));
        } catch (RuntimeException fault) {
            made.completeExceptionally(fault);
        }
    }

    private String sign(Key key, Instant now) {
        AwsCredentials identity = credentials.resolveCredentials();
        String place = region != null
                ? region
                : DefaultAwsRegionProviderChain.builder().build().getRegion().id();
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .protocol("https")
                .host(key.node.host())
                .port(key.node.port())
                .encodedPath("/")
                .putRawQueryParameter("DBUser", key.user)
                .putRawQueryParameter("Action", "connect")
                .build();
        String signed = signer.sign(sign -> sign.identity(identity)
                        .request(request)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "rds-db")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, place)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AwsV4HttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, VALID)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, clock.getZone())))
                .request()
                .getUri()
                .toString();
        return signed.substring("https://".length());
    }

    @Override
    public void invalidate(String user) {
        synchronized (kept) {
            kept.keySet().removeIf(key -> key.user.equals(user));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        if (credentials instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception ignored) {
                // Nothing is asked of it any more.
            }
        }
    }
}
