package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import org.junit.jupiter.api.AfterEach;

/** A test of what becomes of a split session, which leaves no buffer behind. */
class OverTwoNodes {
    static final byte[] QUERY = Frontend.query("select 1");

    /** Of a read, whole. */
    static final byte[] ANSWER = Frontend.concat(ROWS, READY);

    TwoNodes nodes;

    OverTwoNodes(TwoNodes first) {
        this.nodes = first;
    }

    /** From the beginning, with others. */
    final void start(TwoNodes other) {
        nodes.close();
        nodes = other;
    }

    @AfterEach
    void nothingLeaks() {
        nodes.close();
        assertThat(nodes.leakedBytes()).isZero();
    }

    /** What was asked is asked of the leader, whose answer the client gets. */
    final void leaderAnswers() {
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.heard();
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
    }
}
