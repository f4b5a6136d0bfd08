package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Password;
import io.pgweir.config.HostPort;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.net.Sockets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What becomes of a token that a node has refused. */
class RefusedTokenTest extends OverTwoNodes {
    private static final byte[] ASKS_FOR_MD5 = message('R', "\0\0\0\5salt");
    private final Made made;

    /** Each is kept until it is told to be no good. */
    private static final class Made implements NodeTokens {
        private int refused;

        @Override
        public CompletionStage<Password> token(HostPort node, String user) {
            return CompletableFuture.completedStage(new Password("token " + refused));
        }

        @Override
        public void invalidate(String user) {
            refused++;
        }

        @Override
        public void close() {}
    }

    RefusedTokenTest() {
        Made tokens = new Made();
        super(new TwoNodes(Consistency.EVENTUAL, tokens, Judge.CERTIFICATE));
        made = tokens;
        nodes.heardByLeader();
    }

    private void leaderRefuses() {
        nodes.leaderSays(ASKS_FOR_MD5);
        assertThat(nodes.heardByLeader()).isEqualTo("p");
        nodes.nextLeader();
        nodes.leaderSays(error("28P01"));
    }

    @Test
    void theLeaderIsShownANewOneOnce() {
        // Given
        leaderRefuses();
        assertThat(made.refused).isEqualTo(1);
        assertThat(nodes.heardByLeader()).isEqualTo("startup");

        // When
        leaderRefuses();

        // Then
        assertThat(nodes.heard()).isEqualTo(error("28P01"));
        assertThat(made.refused).isEqualTo(2);
    }

    @Test
    void aNewOneLetsIn() {
        // Given
        leaderRefuses();
        assertThat(nodes.heard()).isEmpty();
        assertThat(nodes.heardByLeader()).isEqualTo("startup");

        // When
        nodes.leaderSays(ASKS_FOR_MD5);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("p");
        nodes.leaderSays(FakeServer.WELCOME);
        assertThat(nodes.heard()).isEqualTo(FakeServer.WELCOME);
    }

    @Test
    void aReaderIsShownANewOneOnce() {
        // Given
        nodes.leaderSays(FakeServer.WELCOME);
        nodes.say(QUERY);
        nodes.leaderSays(message('C', "SELECT 0\0"), READY);
        nodes.heard();
        nodes.heardByLeader();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(nodes.heardByReader()).isEqualTo("startup");
            nodes.readerSays(ASKS_FOR_MD5);
            assertThat(nodes.heardByReader()).isEqualTo("p");
            nodes.readerSays(error("28P01"));
            EmbeddedChannel refuses = nodes.reader;
            nodes.nextReader();

            // When
            Sockets.close(refuses);
            nodes.pass(0);
        }

        // Then
        assertThat(made.refused).isEqualTo(2);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
    }
}
