package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent;
import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions of a real server, seen from the client. */
class SessionIT {
    private static PgServer server;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void aQueryPassesAndTheSessionIsRecorded() {
        // Given
        try (RunningAgent agent = RunningAgent.inFrontOf(server.port());
                PgWire client = agent.login()) {
            // When
            String answer = client.query("select 1 as one");
            client.send(Frontend.terminate());

            // Then
            assertThat(answer).isEqualTo("T(one:int4) D(1) C(SELECT 1) Z(I)");
            assertThat(client.read()).isNull();
            assertThat(agent.endCause()).isEqualTo("client-terminated");
            assertThat(agent.events(AuditEvent.SessionStart.class)).hasSize(1);
        }
    }
}
