package io.pgweir.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pgweir.config.AuthConfig.AwsIam;
import io.pgweir.config.AuthConfig.Cache;
import io.pgweir.config.AuthConfig.Certificates;
import io.pgweir.config.AuthConfig.From;
import io.pgweir.config.AuthConfig.Nodes;
import io.pgweir.config.AuthConfig.Query;
import io.pgweir.config.AuthConfig.SecretsManager;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

/** The section by itself, in the reader and in the schema. */
class AuthConfigTest {
    @TempDir
    Path directory;

    @Test
    void defaults() throws IOException {
        assertThat(read("verifiers: query"))
                .isEqualTo(new AuthConfig(
                        From.QUERY,
                        Query.DEFAULT,
                        null,
                        null,
                        new Cache(Duration.ofSeconds(10), Duration.ofSeconds(2), 10_000),
                        Nodes.CLIENT_KEY,
                        new AwsIam(null),
                        null));
    }

    @Test
    void everyKeySetToSomethingElse() throws IOException {
        // Given
        Path file = Files.writeString(directory.resolve("users.txt"), "");
        String common = """
                cache: {ttl: 1m, absent-ttl: 0s, roles-max: 5}
                nodes: aws-iam
                aws-iam: {region: eu-central-1}
                certificates: {roles: {alice: [app, report]}, others: leader}
                """;
        var cache = new Cache(Duration.ofMinutes(1), Duration.ZERO, 5);
        var iam = new AwsIam("eu-central-1");
        var certificates = new Certificates(Map.of("alice", Set.of("app", "report")), Certificates.Others.LEADER);

        // Then
        assertThat(read("""
                        verifiers: query
                        query: {user: asker, password: {env: P}, database: d, sql: select f($1), timeout: 5s}
                        """ + common))
                .isEqualTo(new AuthConfig(
                        From.QUERY,
                        new Query("asker", new SecretConfig(null, "P"), "d", "select f($1)", Duration.ofSeconds(5)),
                        null,
                        null,
                        cache,
                        Nodes.AWS_IAM,
                        iam,
                        certificates));
        assertThat(read("verifiers: file\nfile: " + file + "\n" + common))
                .isEqualTo(
                        new AuthConfig(From.FILE, Query.DEFAULT, file, null, cache, Nodes.AWS_IAM, iam, certificates));
        assertThat(read("""
                        verifiers: aws-secrets-manager
                        aws-secrets-manager: {secret: 'pg/{user}', region: r, endpoint-override: 'http://localhost:4566'}
                        """ + common))
                .isEqualTo(new AuthConfig(
                        From.AWS_SECRETS_MANAGER,
                        Query.DEFAULT,
                        null,
                        new SecretsManager("pg/{user}", "r", URI.create("http://localhost:4566")),
                        cache,
                        Nodes.AWS_IAM,
                        iam,
                        certificates));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{} # 1:1: required key `verifiers` is missing",
                "{verifiers: querry} # 1:13: verifiers: \"querry\" (expected: query, file, aws-secrets-manager), did you mean",
                "{verifiers: file} # 1:13: verifiers: file alone (expected: file beside it)",
                "{verifiers: aws-secrets-manager} # alone (expected: aws-secrets-manager beside it)",
                "{verifiers: query, aws-secrets-manager: {secret: '{user}'}} # beside other verifiers",
                "{verifiers: aws-secrets-manager, query: {user: u}, aws-secrets-manager: {secret: '{user}'}} # query: beside",
                "{verifiers: aws-secrets-manager, aws-secrets-manager: {secret: pg}} # secret: the same for every role",
                "{verifiers: aws-secrets-manager, aws-secrets-manager: {}} # required key `secret` is missing",
                "{verifiers: query, query: {}} # an empty mapping",
                "{verifiers: query, query: {password: {env: P}}} # password alone (expected: user beside it)",
                "{verifiers: query, query: {sql: select 1}} # sql: without $1 (expected: $1 for the role)",
                "{verifiers: query, query: {sql: select $12}} # sql: without $1",
                "{verifiers: query, cache: {roles-max: 0}} # roles-max: 0 (expected: a whole number from 1 to 1000000)",
                "{verifiers: query, cache: {ttl: 5}} # ttl: 5 (expected: a duration",
                "{verifiers: query, nodes: key} # nodes: \"key\" (expected: client-key, aws-iam)",
                "{verifiers: query, aws-iam: {region: r}} # aws-iam: beside nodes: client-key (expected: nodes: aws-iam)",
                "{verifiers: query, certificates: {roles: {}}} # an empty mapping",
                "{verifiers: query, certificates: {roles: {alice: []}}} # an empty list",
                "{verifiers: query, certificates: {others: password}} # others: \"password\" (expected: refuse, leader)",
                "{verifiers: query, user: u} # unknown key `user`",
            })
    void aFaultIsSeenByBothAndNamesPlaceAndExpectation(String yaml, String expected) throws IOException {
        // Given
        var faults = new Faults("f");
        // When
        auth(yaml, faults);
        // Then
        assertThat(faults.found().toString()).contains(expected);
        assertThat(schemaFaults(yaml)).isNotEmpty();
    }

    private static @Nullable AuthConfig read(String yaml) throws IOException {
        var faults = new Faults("f");
        AuthConfig auth = auth(yaml, faults);
        assertThat(faults.found()).isEmpty();
        assertThat(schemaFaults(yaml)).isEmpty();
        return auth;
    }

    private static @Nullable AuthConfig auth(String yaml, Faults faults) {
        return AuthSections.auth(YamlFile.root("f", yaml, 10_000, "auth", faults));
    }

    private static List<Error> schemaFaults(String yaml) throws IOException {
        var json = new ObjectMapper();
        Path file = Path.of(System.getProperty("pgweir.root", ".."), "schemas/config.v1.json");
        String schema = json.createObjectNode()
                .put("$ref", "#/$defs/auth")
                .set("$defs", json.readTree(Files.readString(file)).get("$defs"))
                .toString();
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON)
                .validate(yaml, InputFormat.YAML);
    }
}
