package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.message;
import static io.pgweir.proxy.split.TwoNodes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What becomes of a session whose leader goes. */
class LeaderTest extends OverTwoNodes {
    LeaderTest() {
        super(TwoNodes.moving(Consistency.EVENTUAL));
    }

    /** It is gone, and another one lets in and proves that it leads. */
    private void leaderChanges() {
        nodes.nextLeader();
        nodes.leaderEnds();
        assertThat(nodes.heardByLeader()).isEqualTo("startup");
        nodes.leaderSays(FakeServer.WELCOME);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        byte[] file = "000000020000000000000001".getBytes(StandardCharsets.US_ASCII);
        byte[] position = "0/2000".getBytes(StandardCharsets.US_ASCII);
        byte[] proof = Frontend.message(
                'D',
                Frontend.concat(
                        new byte[] {0, 2}, Frontend.int4(file.length), file, Frontend.int4(position.length), position));
        nodes.leaderSays(proof, message('C', "SELECT 1\0"), READY);
    }

    /** The catalog's answer: no functions. */
    private void catalogIsRead() {
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(message('C', "SELECT 0\0"), READY);
    }

    @Test
    void whatTwoLeadersHaveLeftTheThirdAnswers() {
        // Given
        nodes.say(QUERY, QUERY, QUERY);
        catalogIsRead();
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerEnds();
        assertThat(nodes.heardByLeader()).isEqualTo("QQQ");
        leaderChanges();
        assertThat(nodes.heardByLeader()).isEqualTo("Q");

        // When
        leaderChanges();

        // Then
        for (int i = 0; i < 3; i++) {
            leaderAnswers();
        }
        assertThat(nodes.heardByLeader()).isEmpty();
        assertThat(nodes.ended).isFalse();
    }

    @Test
    void whatAReaderHasLeftIsToldInItsTurnThoughTheLeaderGoesToo() {
        // Given
        byte[] read = Frontend.concat(
                Frontend.parse("", "select 1 /* " + "x".repeat(50_000) + " */"),
                Frontend.bind("", ""),
                Frontend.execute("", 0));
        nodes.say(QUERY);
        catalogIsRead();
        nodes.say(read, read, read, Frontend.sync());
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerEnds();
        assertThat(nodes.heardByLeader()).isEqualTo("Q");

        // When
        leaderChanges();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(ANSWER);
        assertThat(text(nodes.heard())).startsWith(text(ANSWER)).contains("C40001\0", "Nothing of its result");
        assertThat(nodes.ended).isFalse();
    }

    @Test
    void aReadThatAHintHasSentThereIsRunAgain() {
        // Given
        nodes.say(Frontend.query("/*pgweir: leader*/ select 1"));
        assertThat(nodes.heardByLeader()).isEqualTo("Q");

        // When
        leaderChanges();

        // Then
        leaderAnswers();
    }
}
