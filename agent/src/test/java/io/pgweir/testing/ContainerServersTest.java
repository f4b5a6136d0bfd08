package io.pgweir.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgweir.lab.PgProvider;
import io.pgweir.lab.PgServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

/** The choice of where servers come from; a daemon is not needed, its absence is. */
class ContainerServersTest {
    private final String before = System.getProperty(PgProvider.PROPERTY, PgProvider.EMBEDDED);

    @BeforeEach
    void chooseNothing() {
        System.clearProperty(PgProvider.PROPERTY);
    }

    @AfterEach
    void chooseAsBefore() {
        System.setProperty(PgProvider.PROPERTY, before);
    }

    @Test
    void withoutAChoiceServersAreEmbedded() {
        assertThat(PgProvider.chosen()).isNull();
    }

    @Test
    void aNameThatNobodyHasIsRefused() {
        // Given
        System.setProperty(PgProvider.PROPERTY, "podman");
        // When, Then
        assertThatThrownBy(() -> PgServer.builder().start())
                .hasMessage("pg.provider: podman (expected: one of [embedded, testcontainers])");
    }

    @Test
    void containersWithoutADaemonAreRefused() {
        // Given
        assumeThat(DockerClientFactory.instance().isDockerAvailable()).isFalse();
        System.setProperty(PgProvider.PROPERTY, "testcontainers");
        // When, Then
        assertThatThrownBy(() -> PgServer.builder().start())
                .hasMessageStartingWith("pg.provider: testcontainers, but no Docker daemon answers (expected: ");
    }
}
