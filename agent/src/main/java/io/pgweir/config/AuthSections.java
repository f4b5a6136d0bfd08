package io.pgweir.config;

import io.pgweir.config.AuthConfig.AwsIam;
import io.pgweir.config.AuthConfig.Cache;
import io.pgweir.config.AuthConfig.Certificates;
import io.pgweir.config.AuthConfig.Query;
import io.pgweir.config.AuthConfig.SecretsManager;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code auth} of a listener. */
final class AuthSections {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private AuthSections() {}

    static @Nullable AuthConfig auth(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("verifiers");
        AuthConfig auth = new AuthConfig(
                section.oneOf("verifiers", AuthConfig.From.QUERY),
                query(section.section("query")),
                section.readableFile("file"),
                secretsManager(section.section("aws-secrets-manager")),
                cache(section.section("cache")),
                section.oneOf("nodes", AuthConfig.Nodes.CLIENT_KEY),
                awsIam(section.section("aws-iam")),
                certificates(section.section("certificates")));
        section.end();
        if (!section.has("verifiers")) {
            return auth;
        }
        for (AuthConfig.From from : AuthConfig.From.values()) {
            checkTogether(section, from, auth.verifiers());
        }
        if (section.has("aws-iam") && auth.nodes() != AuthConfig.Nodes.AWS_IAM) {
            section.fault("aws-iam", "aws-iam: beside nodes: client-key (expected: nodes: aws-iam)");
        }
        return auth;
    }

    /** Each has its options under its own name; the query can do without. */
    private static void checkTogether(Section section, AuthConfig.From from, AuthConfig.From chosen) {
        String key = from.name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (from != chosen && section.has(key)) {
            section.fault(key, key + ": beside other verifiers (expected: verifiers: " + key + ")");
        }
        if (from == chosen && from != AuthConfig.From.QUERY && !section.has(key)) {
            section.fault("verifiers", "verifiers: " + key + " alone (expected: " + key + " beside it)");
        }
    }

    private static Query query(@Nullable Section section) {
        if (section == null) {
            return Query.DEFAULT;
        }
        Query query = new Query(
                section.has("user") ? section.text("user") : section.absent("user"),
                ClusterSections.secret(section.section("password")),
                textOr(section, "database", Query.DATABASE),
                textOr(section, "sql", Query.SQL),
                section.duration("timeout", Query.TIMEOUT, MILLI, MINUTE));
        section.endNotEmpty();
        if (section.has("password") && !section.has("user")) {
            section.fault("password", "password alone (expected: user beside it)");
        }
        if (section.has("sql") && !query.sql().matches("(?s).*\\$1(?![0-9]).*")) {
            section.fault("sql", "sql: without $1 (expected: $1 for the role)");
        }
        return query;
    }

    private static String textOr(Section section, String key, String absent) {
        if (section.has(key)) {
            return section.text(key);
        }
        section.absent(key);
        return absent;
    }

    private static @Nullable SecretsManager secretsManager(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("secret");
        SecretsManager secrets = new SecretsManager(
                section.text("secret"),
                section.has("region") ? section.text("region") : section.absent("region"),
                AuditSections.uri(section, "endpoint-override"));
        section.end();
        if (section.has("secret") && !secrets.secret().contains(SecretsManager.USER)) {
            section.fault("secret", "secret: the same for every role (expected: " + SecretsManager.USER + " in it)");
        }
        return secrets;
    }

    private static Cache cache(@Nullable Section section) {
        if (section == null) {
            return Cache.DEFAULT;
        }
        Cache cache = new Cache(
                section.duration("ttl", Cache.TTL, Duration.ZERO, DAY),
                section.duration("absent-ttl", Cache.ABSENT_TTL, Duration.ZERO, DAY),
                section.integer("roles-max", Cache.ROLES_MAX, 1, 1_000_000));
        section.endNotEmpty();
        return cache;
    }

    private static AwsIam awsIam(@Nullable Section section) {
        if (section == null) {
            return AwsIam.DEFAULT;
        }
        AwsIam iam = new AwsIam(section.has("region") ? section.text("region") : section.absent("region"));
        section.endNotEmpty();
        return iam;
    }

    private static @Nullable Certificates certificates(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Map<String, Set<String>> roles = new LinkedHashMap<>();
        Section names = section.section("roles");
        if (names != null) {
            for (String name : names.keys()) {
                roles.put(name, names.list(name).stream().map(Item::text).collect(Collectors.toSet()));
            }
            names.endNotEmpty();
        }
        Certificates.Others others = section.oneOf("others", Certificates.Others.REFUSE);
        section.end();
        return new Certificates(roles, others);
    }
}
