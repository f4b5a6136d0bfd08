package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static io.pgweir.proxy.split.TwoNodes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a split session makes of nodes, and of a client, that go in the middle of something. */
class SplitEndsTest extends OverTwoNodes {
    /** Up to the row, which is taken back; the row; and what follows. */
    private static final byte[] HEAD = Arrays.copyOf(ROWS, 1 + 4 + 22);

    SplitEndsTest() {
        super(TwoNodes.reading(Consistency.EVENTUAL));
    }

    @Test
    void anEndAnywhereInAReadersAnswerIsNoEndOfTheSession() {
        byte[] answer = ANSWER;
        int row = HEAD.length;
        int rowEnd = ROWS.length - 14;
        for (int at = 0; at < answer.length; at++) {
            // Given
            start(TwoNodes.reading(Consistency.EVENTUAL));
            nodes.say(QUERY);

            // When
            nodes.readerSays(Arrays.copyOf(answer, at));
            nodes.readerEnds();

            // Then
            boolean within = at >= row + 5 && at < rowEnd;
            assertThat(nodes.ended).as("cut at " + at).isEqualTo(within);
            if (at < row + 5) {
                nodes.leaderSays(answer);
                assertThat(nodes.heard()).as("cut at " + at).isEqualTo(answer);
            } else if (!within) {
                assertThat(text(nodes.heard()))
                        .as("cut at " + at)
                        .contains("C40001\0")
                        .endsWith(text(READY));
            }
            assertThat(nodes.leader.isOpen()).isTrue();
        }
    }

    @Test
    void anErrorThatHasPassedIsNotFollowedByTheLeadersAnswer() {
        // When
        nodes.say(QUERY);
        nodes.readerSays(error("22012"));
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEmpty();
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(error("22012"), READY));
    }

    @Test
    void anEndAnywhereInAnAnswerToPgweirIsNoAnswerToTheClient() {
        byte[] position = Frontend.concat(TwoNodes.rows("0/1000"), READY);
        for (int at = 0; at < position.length; at++) {
            // Given
            start(TwoNodes.reading(Consistency.SESSION));
            nodes.say(Frontend.query("insert into t values (1)"));
            nodes.leaderSays(message('C', "INSERT 0 1\0"), READY);
            nodes.heard();

            // When
            nodes.leaderSays(Arrays.copyOf(position, at));
            nodes.leaderEnds();

            // Then
            assertThat(nodes.heard()).as("cut at " + at).isEmpty();
            assertThat(nodes.ended).isTrue();
        }
    }

    @Test
    void aBatchWhoseReadIsRefusedGoesOnAtTheLeader() {
        // Given
        nodes.say(Frontend.parse("", "select 1"), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.flush());
        assertThat(nodes.heardByReader()).isEqualTo("PBEH");

        // When
        nodes.readerSays(message('1', ""), message('2', ""), error("42P01"));

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("PBE");
        nodes.say(Frontend.sync());
        assertThat(nodes.heardByLeader()).isEqualTo("S");
        nodes.readerSays(READY);
        byte[] rest = Frontend.concat(Arrays.copyOfRange(ROWS, HEAD.length, ROWS.length), READY);
        nodes.leaderSays(message('1', ""), message('2', ""), rest);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(message('1', ""), message('2', ""), rest));
        nodes.say(QUERY);
        assertThat(nodes.heardByReader()).isEqualTo("SQ");
    }

    @Test
    void aBatchWhoseReaderIsGoneGoesOnAtTheLeader() {
        // Given
        nodes.say(Frontend.parse("", "select 1"), Frontend.bind("", ""), Frontend.execute("", 0), Frontend.flush());

        // When
        nodes.readerSays(message('1', ""));
        nodes.readerEnds();
        nodes.say(Frontend.sync());

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("PBES");
        byte[] rest = Frontend.concat(message('2', ""), ANSWER);
        nodes.leaderSays(message('1', ""), rest);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(message('1', ""), rest));
        nodes.say(Frontend.query("insert into t values (1)"));
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void theRestOfABatchWhoseReaderIsGoneIsSkipped() {
        // Given
        nodes.say(Frontend.parse("", "select 1"), Frontend.bind("", ""), Frontend.execute("", 1), Frontend.flush());
        nodes.readerSays(message('1', ""), message('2', ""), Arrays.copyOfRange(ROWS, HEAD.length, ROWS.length - 14));
        nodes.readerSays(message('s', ""));
        nodes.heard();

        // When
        nodes.readerEnds();
        nodes.say(Frontend.execute("", 1), Frontend.sync());

        // Then
        assertThat(text(nodes.heard())).startsWith("E").contains("C40001\0").endsWith(text(READY));
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    @Test
    void whatWasAskedBeforeTerminateIsAnswered() {
        // When
        nodes.say(QUERY, Frontend.terminate());

        // Then
        assertThat(nodes.heardByReader()).isEqualTo("Q");
        assertThat(nodes.heardByLeader()).isEmpty();
        nodes.readerSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        assertThat(nodes.heardByReader()).isEqualTo("X");
        assertThat(nodes.heardByLeader()).isEqualTo("X");
    }

    @Test
    void terminateWithinABatchIsAnEnd() {
        // When
        nodes.say(Frontend.parse("", "select 1"), Frontend.terminate());
        nodes.readerSays(message('1', ""), READY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("X");
    }

    @Test
    void readsThatWereNotAnsweredAreAnsweredInTheirOrder() {
        // When
        nodes.say(QUERY, QUERY, QUERY);
        nodes.readerSays(ANSWER);
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("QQ");
        nodes.leaderSays(ANSWER, ANSWER);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(ANSWER, ANSWER, ANSWER));
    }

    @Test
    void aFailureOfTheLeadersSocketIsToldBeforeTheEnd() {
        // When
        nodes.leader.pipeline().fireExceptionCaught(new java.io.IOException("reset"));
        nodes.leaderEnds();

        // Then
        assertThat(nodes.failure).hasMessage("reset");
        assertThat(nodes.ended).isTrue();
    }

    @Test
    void theClientMayLeaveAtAnyByteOfAnyAnswer() {
        byte[] answer = Frontend.concat(FakeServer.WELCOME, ANSWER);
        for (int at = 0; at < answer.length; at++) {
            // Given
            start(TwoNodes.entering(Consistency.SESSION));

            // When
            nodes.readerSays(Arrays.copyOf(answer, at));
            nodes.close();

            // Then
            assertThat(nodes.leakedBytes()).as("left at " + at).isZero();
            assertThat(nodes.reader.isOpen()).isFalse();
            assertThat(nodes.leader.isOpen()).isFalse();
        }
    }

    /** A batch of reads that is longer than what is kept of one. */
    private static byte[] tooLong() {
        byte[] parse = Frontend.parse("", "select 1 /* " + "x".repeat(50_000) + " */");
        byte[] once = Frontend.concat(parse, Frontend.bind("", ""), Frontend.execute("", 0));
        return Frontend.concat(once, once, once, Frontend.sync());
    }

    private static byte[] gone(String detail) {
        return Frontend.concat(
                message(
                        'E',
                        "SERROR\0VERROR\0C40001\0Mcanceling statement because node \"async\" went away\0D" + detail
                                + "\0HRun it again.\0\0"),
                READY);
    }

    @Test
    void aLongReadBehindAnotherIsRunOnTheLeaderToo() {
        // Given
        byte[] read = Frontend.query("select 1 /* " + "x".repeat(50_000) + " */");
        nodes.say(QUERY, read);

        // When
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("QQ");
        nodes.leaderSays(ANSWER, ANSWER);
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(ANSWER, ANSWER));
    }

    @Test
    void whatIsTooLongToBeKeptIsToldInItsTurn() {
        // Given
        nodes.say(QUERY);
        nodes.say(tooLong());
        nodes.say(QUERY);

        // When
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        assertThat(nodes.heard()).isEmpty();
        nodes.leaderSays(ANSWER);
        assertThat(text(nodes.heard()))
                .isEqualTo(text(Frontend.concat(ANSWER, gone("Nothing of its result had been sent."))));
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        assertThat(nodes.ended).isFalse();
    }

    @Test
    void whatWasAnsweredInPartIsToldBeforeWhatIsRunAgain() {
        // Given
        nodes.say(QUERY, QUERY);
        byte[] row = Arrays.copyOf(ROWS, ROWS.length - 14);
        nodes.readerSays(row);

        // When
        nodes.readerEnds();

        // Then
        assertThat(text(nodes.heard()))
                .isEqualTo(text(Frontend.concat(row, gone("Part of its result had been sent."))));
        leaderAnswers();
        nodes.say(Frontend.query("insert into t values (1)"));
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void aLeaderThatGoesInItsPlaceTakesTheSessionWithIt() {
        // Given
        nodes.say(QUERY);
        nodes.say(tooLong());
        nodes.readerEnds();

        // When
        nodes.leaderEnds();

        // Then
        assertThat(nodes.ended).isTrue();
    }
}
