package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.Frontend;
import org.junit.jupiter.api.Test;

/** What keeps a session with its leader. */
class TiesTest extends OverTwoNodes {
    private static final String SYNTAX_ERROR = "42601";

    TiesTest() {
        super(TwoNodes.reading(Consistency.EVENTUAL));
    }

    private void asks(String sql) {
        nodes.say(Frontend.query(sql));
    }

    private boolean readsElsewhere() {
        nodes.heardByReader();
        nodes.nextReader();
        nodes.heardByLeader();
        asks("select 2");
        return nodes.heardByLeader().isEmpty();
    }

    @Test
    void whatNoServerReadsLeavesNothing() {
        // When
        asks("selec 1");
        nodes.leaderSays(error(SYNTAX_ERROR), READY);

        // Then
        assertThat(readsElsewhere()).isTrue();
    }

    @Test
    void whatFailsOtherwisePins() {
        // When
        asks("execute nobody");
        nodes.leaderSays(error("26000"), READY);

        // Then
        assertThat(readsElsewhere()).isFalse();
    }

    @Test
    void codeMayHaveRunBeforeItsSyntaxError() {
        // When
        asks("do 'begin execute $$selec$$; end'");
        nodes.leaderSays(error(SYNTAX_ERROR), READY);

        // Then
        assertThat(readsElsewhere()).isFalse();
    }

    @Test
    void whatPinsBehindItStays() {
        // When
        nodes.say(Frontend.query("selec 1"), Frontend.query("listen news"));
        nodes.leaderSays(error(SYNTAX_ERROR), READY, message('C', "LISTEN\0"), READY);

        // Then
        assertThat(readsElsewhere()).isFalse();
    }

    @Test
    void whatWasPinnedBeforeItStays() {
        // Given
        asks("listen news");
        nodes.leaderSays(message('C', "LISTEN\0"), READY);

        // When
        asks("selec 1");
        nodes.leaderSays(error(SYNTAX_ERROR), READY);

        // Then
        assertThat(readsElsewhere()).isFalse();
    }
}
