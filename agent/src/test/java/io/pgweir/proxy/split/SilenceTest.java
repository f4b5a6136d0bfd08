package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.TIMEOUT_MILLIS;
import static io.pgweir.proxy.split.TwoNodes.WAIT_MILLIS;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import org.junit.jupiter.api.Test;

/** A node that says nothing holds no read. */
class SilenceTest extends OverTwoNodes {
    SilenceTest() {
        super(TwoNodes.reading(Consistency.SESSION));
    }

    private void write() {
        nodes.say(Frontend.query("insert into t values (1)"));
        nodes.leaderSays(message('C', "INSERT 0 1\0"), READY);
        nodes.leaderSays(TwoNodes.rows("0/1000"), READY);
        nodes.heardByLeader();
    }

    @Test
    void aNodeThatDoesNotLetInIsLeft() {
        // Given
        start(TwoNodes.entering(Consistency.SESSION));
        nodes.pass(TIMEOUT_MILLIS - 1);
        assertThat(nodes.heardByLeader()).isEmpty();

        // When
        nodes.pass(1);

        // Then
        leaderAnswers();
        assertThat(nodes.reader.isOpen()).isFalse();
        nodes.say(QUERY);
        leaderAnswers();
        assertThat(nodes.connections()).isOne();
    }

    @Test
    void aNodeThatWasSilentIsAskedAgainAfterTwoSeconds() {
        // Given
        start(TwoNodes.entering(Consistency.SESSION));
        nodes.pass(TIMEOUT_MILLIS);
        leaderAnswers();
        nodes.nextReader();

        // When
        nodes.pass(2000);
        nodes.say(QUERY);
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerSays(ROWS, READY);

        // Then
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        assertThat(nodes.connections()).isEqualTo(2);
    }

    @Test
    void aNodeThatDoesNotSayHowFarItIsHoldsAReadForWaitMax() {
        // Given
        write();
        nodes.say(QUERY);
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        assertThat(nodes.heardByLeader()).isEmpty();

        // When
        nodes.pass(WAIT_MILLIS);

        // Then
        leaderAnswers();
        nodes.say(QUERY);
        leaderAnswers();
        assertThat(nodes.reader.isOpen()).isTrue();
    }

    @Test
    void aNodeThatGoesOnNotSayingHowFarItIsIsLeft() {
        // Given
        write();
        nodes.say(QUERY);
        nodes.pass(WAIT_MILLIS);
        leaderAnswers();

        // When
        nodes.pass(TIMEOUT_MILLIS - WAIT_MILLIS - 1);
        assertThat(nodes.reader.isOpen()).isTrue();
        nodes.pass(1);

        // Then
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.ended).isFalse();
    }

    @Test
    void aNodeThatSaysLateHowFarItIsIsReadFromAgain() {
        // Given
        write();
        nodes.say(QUERY);
        nodes.heardByReader();
        nodes.pass(WAIT_MILLIS);
        leaderAnswers();

        // When
        nodes.readerSays(TwoNodes.rows("0/1000"), READY);
        nodes.say(QUERY);

        // Then
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotTakeASettingIsLeft() {
        // Given
        nodes.say(Frontend.query("set work_mem = '1MB'"));
        nodes.leaderSays(message('C', "SET\0"), READY);
        nodes.heardByLeader();
        nodes.say(QUERY);
        assertThat(nodes.heardByReader()).isEqualTo("Q");

        // When
        nodes.pass(TIMEOUT_MILLIS);

        // Then
        leaderAnswers();
        assertThat(nodes.reader.isOpen()).isFalse();
    }

    @Test
    void aCatalogThatNobodyReadsHoldsNobodyForEver() {
        // Given
        start(new TwoNodes(Consistency.SESSION));
        nodes.say(QUERY);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");

        // When
        nodes.pass(TIMEOUT_MILLIS);

        // Then
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        nodes.say(Frontend.query("select f()"));
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void whatTheClientAskedMayTakeItsTime() {
        // Given
        nodes.say(QUERY);

        // When
        nodes.pass(10L * TIMEOUT_MILLIS);

        // Then
        assertThat(nodes.reader.isOpen()).isTrue();
        nodes.readerSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
    }
}
