package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a standby says no to, as it goes away. */
class RetriesTest extends OverTwoNodes {
    private static final byte[] TERMINATED = message('E', "SFATAL\0C57P01\0Mterminating connection\0\0");

    RetriesTest() {
        super(TwoNodes.reading(Consistency.SESSION));
    }

    @BeforeEach
    void theStandbySaysThatItGoes() {
        nodes.say(QUERY);
        nodes.readerSays(TERMINATED);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void aStandbyThatIsGoneAfterTheLeadersAnswerLeavesNothing() {
        // Given
        nodes.leaderSays(ROWS, READY);
        nodes.readerEnds();
        assertThat(nodes.heard()).isEqualTo(ANSWER);

        // When
        nodes.say(QUERY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void aStandbyThatIsGoneBeforeTheLeadersAnswerLeavesNothing() {
        // Given
        nodes.readerEnds();
        nodes.leaderSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(ANSWER);

        // When
        nodes.say(QUERY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }
}
