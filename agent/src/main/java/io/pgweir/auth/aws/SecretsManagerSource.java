package io.pgweir.auth.aws;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.RoleSource;
import io.pgweir.config.AuthConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One secret a role, in the form that RDS rotates: {@code {"username": "alice", "password": "..."}}. What is asked for is the
 * current version, so a rotation is seen as soon as what is kept of the role has grown old.
 *
 * <p>Any thread that may wait. After a failure the client is made anew: the next asks the whole chain of credentials afresh.
 */
public final class SecretsManagerSource implements RoleSource {
    private static final JsonFactory JSON = JsonFactory.builder().build();
    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final int TRIES = 2;

    private final AuthConfig.SecretsManager config;
    private @Nullable SecretsManagerClient client;
    private boolean closed;

    public SecretsManagerSource(AuthConfig.SecretsManager config) {
        this.config = config;
    }

    @Override
    public boolean isPerDatabase() {
        return config.secret().contains(AuthConfig.SecretsManager.DATABASE);
    }

    @Override
    public Lookup read(String user, String database) {
        String name = config.secret()
                .replace(AuthConfig.SecretsManager.USER, user)
                .replace(AuthConfig.SecretsManager.DATABASE, database);
        try {
            String secret =
                    client().getSecretValue(request -> request.secretId(name)).secretString();
            return secret == null ? unavailable(name, "is binary (expected: JSON)") : answer(name, user, secret);
        } catch (ResourceNotFoundException none) {
            return new Lookup.Absent();
        } catch (SdkException fault) {
            discardClient();
            return unavailable(name, reason(fault));
        }
    }

    private static Lookup answer(String name, String user, String secret) {
        String username = null;
        String password = null;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), secret)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return unavailable(name, "is no JSON object (expected: username and password)");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                boolean text = json.nextToken() == JsonToken.VALUE_STRING;
                if (text && "username".equals(key)) {
                    username = json.getString();
                } else if (text && "password".equals(key)) {
                    password = json.getString();
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException malformed) {
            // Its message would show the secret.
            return unavailable(name, "is no JSON (expected: an object with username and password)");
        }
        if (password == null) {
            return unavailable(name, "has no password (expected: username and password)");
        }
        if (username != null && !username.equals(user)) {
            return unavailable(name, "is another role's (expected: username \"" + user + "\")");
        }
        try {
            return new Lookup.Found(new KnownRole(user, RoleSecret.of(password)));
        } catch (IllegalArgumentException malformed) {
            return unavailable(name, malformed.getMessage());
        }
    }

    private static Lookup unavailable(String name, @Nullable String why) {
        return new Lookup.Unavailable("secret " + name + ": " + why);
    }

    private static String reason(SdkException fault) {
        return fault instanceof AwsServiceException answer && answer.awsErrorDetails() != null
                ? answer.awsErrorDetails().errorCode() + ": "
                        + answer.awsErrorDetails().errorMessage()
                : String.valueOf(fault.getMessage());
    }

    private synchronized SecretsManagerClient client() {
        SecretsManagerClient open = client;
        if (open == null) {
            if (closed) {
                throw SdkException.create("stopped", null);
            }
            SecretsManagerClientBuilder builder = SecretsManagerClient.builder()
                    // A provider of its own: the shared one keeps what it found.
                    .credentialsProvider(DefaultCredentialsProvider.builder().build())
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(CONNECT_MAX)
                            .socketTimeout(ANSWER_MAX))
                    .overrideConfiguration(all -> all.retryStrategy(retry -> retry.maxAttempts(TRIES)));
            if (config.endpointOverride() != null) {
                builder.endpointOverride(config.endpointOverride());
            }
            if (config.region() != null) {
                builder.region(Region.of(config.region()));
            }
            open = builder.build();
            client = open;
        }
        return open;
    }

    private synchronized void discardClient() {
        SecretsManagerClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        discardClient();
    }
}
