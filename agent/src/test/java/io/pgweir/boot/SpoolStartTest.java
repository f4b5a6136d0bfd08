package io.pgweir.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgweir.audit.AuditSchema;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.HostPort;
import io.pgweir.config.LimitsConfig;
import io.pgweir.config.ListenerConfig;
import io.pgweir.config.RulesConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.config.ThreadsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an agent makes of the spool that it finds. */
class SpoolStartTest {
    @TempDir
    Path directory;

    private Agent start(Path spool) throws AgentStartException, ConfigException {
        AuditConfig audit = new AuditConfig(
                AuditConfig.Content.REDACTED,
                AuditConfig.Content.REDACTED,
                1024,
                1024,
                1024,
                false,
                null,
                AuditConfig.Durability.WITH_SPOOL,
                AuditConfig.Spool.of(spool),
                AuditConfig.Seal.DEFAULT,
                List.of(new AuditConfig.Sink.File(records())));
        return Agent.start(new AgentConfig(
                1,
                Map.of(
                        "c",
                        new ClusterConfig(
                                List.of(new HostPort("127.0.0.1", 1)),
                                new ServerTlsConfig(
                                        ServerTlsConfig.Mode.DISABLE,
                                        ServerTlsConfig.Negotiation.POSTGRES,
                                        null,
                                        null,
                                        null),
                                ClusterConfig.CONNECT_TIMEOUT_DEFAULT)),
                List.of(new ListenerConfig(
                        "l",
                        new HostPort("127.0.0.1", 0),
                        "c",
                        ListenerConfig.Mode.TRANSPARENT,
                        ClientTlsConfig.DEFAULT)),
                RulesConfig.DEFAULT,
                audit,
                LimitsConfig.DEFAULT,
                ThreadsConfig.DEFAULT,
                null));
    }

    private Path records() {
        return directory.resolve("audit.ndjson");
    }

    private List<JsonNode> starts() throws IOException {
        return Files.readAllLines(records()).stream()
                .map(AuditSchema::validated)
                .filter(record -> record.get("type").asString().equals("audit.start"))
                .toList();
    }

    @Test
    void whereNoDirectoryCanBeMadeNothingStarts() throws IOException {
        // Given
        Path file = Files.createFile(directory.resolve("file"));

        // When
        AgentStartException refusal =
                catchThrowableOfType(AgentStartException.class, () -> start(file.resolve("spool")));

        // Then
        assertThat(refusal.kind()).isEqualTo(AgentStartException.Kind.AUDIT);
        assertThat(refusal).hasMessage("audit: " + file.resolve("spool") + ": Not a directory");
    }

    @Test
    void ofTwoAgentsTheSecondIsToldWhoTheFirstIs() throws AgentStartException, ConfigException {
        // Given
        Path spool = directory.resolve("spool");
        try (Agent first = start(spool)) {
            // When
            AgentStartException refusal = catchThrowableOfType(AgentStartException.class, () -> start(spool));

            // Then
            assertThat(first.addresses()).hasSize(1);
            assertThat(refusal)
                    .hasMessage("audit: audit spool " + spool + ": another pgweir (pid "
                            + ProcessHandle.current().pid() + ") uses it");
        }
    }

    @Test
    void aTrailThatWasCutByAKillIsResumed() throws AgentStartException, ConfigException, IOException {
        // Given
        Path spool = directory.resolve("spool");
        Path found = directory.resolve("found");
        start(spool).close();
        copy(spool, found);
        String before = starts().getFirst().get("chain").asString();

        // When
        start(found).close();

        // Then
        JsonNode resumes = starts().getLast().get("resumes");
        assertThat(resumes.get("chain").asString()).isEqualTo(before);
        assertThat(resumes.get("seq").asLong()).isPositive();
        assertThat(resumes.get("last_hash").asString()).matches("[0-9a-f]{64}");
        assertThat(resumes.get("cut_bytes").asLong()).isEqualTo(3);
    }

    /** As a kill leaves it: with the beginning of one more record. */
    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        List<Path> files;
        try (Stream<Path> list = Files.list(from)) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            Path copy = Files.copy(file, to.resolve(file.getFileName()));
            if (file.getFileName().toString().endsWith(".seg")) {
                Files.write(copy, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
            }
        }
    }
}
