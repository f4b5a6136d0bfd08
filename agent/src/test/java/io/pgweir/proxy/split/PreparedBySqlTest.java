package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.Frontend;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A statement that the leader has prepared by SQL, and a standby is to execute. */
class PreparedBySqlTest extends OverTwoNodes {
    private static final byte[] EXECUTE = Frontend.query("execute p");
    private static final byte[] PREPARED = message('C', "PREPARE\0");
    private static final byte[] REFUSED = message('E', "SERROR\0C42P01\0Mno such relation\0\0");

    PreparedBySqlTest() {
        super(TwoNodes.reading(Consistency.SESSION));
    }

    @BeforeEach
    void theLeaderPrepares() {
        nodes.say(Frontend.query("prepare p as select 1"));
        nodes.leaderSays(PREPARED, READY);
        nodes.heardByLeader();
        nodes.heard();
    }

    @Test
    void theStandbyPreparesItUnheardBeforeItIsExecutedThere() {
        // When
        nodes.say(EXECUTE);
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        nodes.readerSays(PREPARED, READY);
        assertThat(nodes.heard()).isEmpty();
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        nodes.readerSays(ROWS, READY);

        // Then
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(ROWS, READY));
        nodes.say(EXECUTE);
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        nodes.readerSays(ROWS, READY);
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    @Test
    void whatTheStandbyWillNotPrepareTheLeaderExecutes() {
        // When
        nodes.say(EXECUTE);
        nodes.heardByReader();
        nodes.readerSays(REFUSED, READY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(ROWS, READY));
        nodes.say(EXECUTE);
        assertThat(nodes.heardByReader()).isEmpty();
        nodes.leaderSays(ROWS, READY);
    }

    @Test
    void aStandbyThatEndsAsItPreparesLeavesItToTheLeader() {
        // When
        nodes.say(EXECUTE);
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(ROWS, READY));
    }

    @Test
    void whatIsExecutedBehindAnUnansweredDefinitionIsTheLeaders() {
        // When
        nodes.say(Frontend.query("deallocate p"), Frontend.query("prepare p as insert into t values (1)"), EXECUTE);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("QQQ");
        nodes.leaderSays(message('C', "DEALLOCATE\0"), READY);
        nodes.leaderSays(PREPARED, READY);
        nodes.leaderSays(message('C', "INSERT 0 1\0"), READY);
        assertThat(nodes.heardByLeader()).as("where that was written to").isEqualTo("Q");
    }

    @Test
    void whatIsTooLongToBeKeptStaysWithTheLeader() {
        // When
        nodes.say(
                Frontend.parse("", "prepare q as select '" + "x".repeat(NodeSession.LOOK_BYTES) + "'"),
                Frontend.bind("", ""),
                Frontend.execute("", 0),
                Frontend.sync());
        nodes.leaderSays(message('1', ""), message('2', ""), PREPARED, READY);
        nodes.heardByLeader();
        nodes.say(Frontend.query("execute q"));

        // Then
        assertThat(nodes.heardByReader()).isEqualTo("X");
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }
}
