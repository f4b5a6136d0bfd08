package io.pgweir.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How clients of a listener prove who they are, and pgweir to servers as them.
 *
 * @param file in the form of PgBouncer's userlist.txt; where verifiers are from it
 * @param awsSecretsManager where verifiers are from it
 * @param awsIam what tokens of RDS are made with, where nodes want them
 * @param certificates null: a client's certificate lets nobody in
 */
public record AuthConfig(
        From verifiers,
        Query query,
        @Nullable Path file,
        @Nullable SecretsManager awsSecretsManager,
        Cache cache,
        Nodes nodes,
        AwsIam awsIam,
        @Nullable Certificates certificates) {

    /** Where the secrets of roles are. */
    public enum From {
        /** {@code pg_authid}, or a function that may read it. */
        QUERY,
        FILE,
        AWS_SECRETS_MANAGER
    }

    /** What servers let pgweir in by. */
    public enum Nodes {
        /** What the client's proof reveals, or the role's password where that is known. */
        CLIENT_KEY,
        /** Tokens of RDS. */
        AWS_IAM
    }

    /**
     * @param user who asks; the cluster's monitor where null
     * @param sql with {@code $1} for the role; gives its name and its secret
     * @param timeout of the connect and of each answer
     */
    public record Query(
            @Nullable String user, @Nullable SecretConfig password, String database, String sql, Duration timeout) {
        public static final String DATABASE = MonitorConfig.DATABASE;
        public static final String SQL = "select rolname, rolpassword from pg_catalog.pg_authid where rolname = $1";
        public static final Duration TIMEOUT = Duration.ofSeconds(2);
        public static final Query DEFAULT = new Query(null, null, DATABASE, SQL, TIMEOUT);
    }

    /**
     * @param secret name or ARN, with {@value #USER}, and {@value #DATABASE} where roles differ by it
     * @param region null for the SDK's default provider chain
     * @param endpointOverride null for AWS's own
     */
    public record SecretsManager(
            String secret,
            @Nullable String region,
            @Nullable URI endpointOverride) {
        public static final String USER = "{user}";
        public static final String DATABASE = "{database}";
    }

    /**
     * @param ttl of a role that is there
     * @param absentTtl of one that is not
     * @param rolesMax of each
     */
    public record Cache(Duration ttl, Duration absentTtl, int rolesMax) {
        public static final Duration TTL = Duration.ofSeconds(10);
        public static final Duration ABSENT_TTL = Duration.ofSeconds(2);
        public static final int ROLES_MAX = 10_000;
        public static final Cache DEFAULT = new Cache(TTL, ABSENT_TTL, ROLES_MAX);
    }

    /** @param region null for the SDK's default provider chain */
    public record AwsIam(@Nullable String region) {
        public static final AwsIam DEFAULT = new AwsIam(null);
    }

    /**
     * @param roles by common name of the certificate; each its own where empty
     * @param others whose certificate does not stand for the role that they ask for, or who show none
     */
    public record Certificates(Map<String, Set<String>> roles, Others others) {
        public Certificates {
            roles = Map.copyOf(roles);
        }

        /** What becomes of those. */
        public enum Others {
            /** They get no session. */
            REFUSE,
            /** They prove to the leader who they are, as clients do without certificates. */
            LEADER
        }
    }
}
