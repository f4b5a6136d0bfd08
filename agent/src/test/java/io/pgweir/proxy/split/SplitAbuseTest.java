package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a split session withstands from its nodes and from its client. */
class SplitAbuseTest {
    private static final byte[] QUERY = Frontend.query("select 1");

    /** Up to the row, which is taken back; the row; and what follows. */
    private static final byte[] HEAD = Arrays.copyOf(ROWS, 1 + 4 + 22);

    private TwoNodes nodes = TwoNodes.reading(Consistency.EVENTUAL);

    @AfterEach
    void nothingLeaks() {
        nodes.close();
        assertThat(nodes.leakedBytes()).isZero();
    }

    private void start(TwoNodes other) {
        nodes.close();
        nodes = other;
    }

    static Stream<byte[]> garbage() {
        return Stream.of(
                message('Z', ""),
                message('Z', "II"),
                READY,
                new byte[] {'C', 0, 0, 0, 3},
                new byte[] {'D', -1, -1, -1, -1, 1, 2},
                new byte[] {'Z', (byte) 0x80, 0, 0, 0},
                message('?', "huh"),
                Frontend.message('?', 0x7fffffff, (byte) 1),
                message('R', "\0\0\0\0"),
                message('K', "\0\0\0\1\0\0\0\2"),
                message('d', "copy"),
                message('G', "\0\0\0"),
                message('V', "\0\0\0\0"),
                message('1', ""));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] answer() {
        return Frontend.concat(ROWS, READY);
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageInPlaceOfAReadersAnswerIsAnsweredByTheLeader(byte[] garbage) {
        // When
        nodes.say(QUERY);
        nodes.readerSays(garbage);

        // Then
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.heard()).isEmpty();
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
        assertThat(nodes.ended).isFalse();
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageBehindARowEndsTheStatementAndNotTheSession(byte[] garbage) {
        // Given
        if (Arrays.equals(garbage, READY)) {
            return;
        }
        byte[] row = Arrays.copyOf(ROWS, ROWS.length - 14);

        // When
        nodes.say(QUERY);
        nodes.readerSays(row, garbage);

        // Then
        assertThat(text(nodes.heard()))
                .startsWith(text(row))
                .contains("C40001\0", "Part of its result")
                .endsWith(text(READY));
        assertThat(nodes.heardByLeader()).isEmpty();
        nodes.say(QUERY);
        nodes.leaderSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void whatNobodyAskedAReaderForEndsIt(byte[] garbage) {
        // When
        nodes.readerSays(garbage);

        // Then
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.heard()).isEmpty();
        assertThat(nodes.ended).isFalse();
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageInALoginIsNoLogin(byte[] garbage) {
        if (garbage[0] == 'R' || garbage[0] == 'K') {
            return;
        }
        // Given
        start(TwoNodes.entering(Consistency.EVENTUAL));

        // When
        nodes.readerSays(garbage);
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
    }

    @Test
    void aNodeThatServesBeforeItHasLetInIsLeft() {
        // Given
        start(TwoNodes.entering(Consistency.EVENTUAL));

        // When
        nodes.readerSays(READY);

        // Then
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void anErrorBeforeTheLoginIsNoLogin() {
        // Given
        start(TwoNodes.entering(Consistency.EVENTUAL));

        // When
        nodes.readerSays(error("28P01"));
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        assertThat(nodes.heard()).isEmpty();
    }

    @Test
    void anEndAnywhereInAReadersAnswerIsNoEndOfTheSession() {
        byte[] answer = answer();
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
    void aSecondReadyForQueryEndsTheReader() {
        // When
        nodes.say(QUERY);
        nodes.readerSays(answer(), READY);

        // Then
        assertThat(nodes.heard()).isEqualTo(answer());
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.ended).isFalse();
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
    void anAnswerToPgweirThatIsTooLongIsAnError() {
        // Given
        nodes.say(Frontend.query("set work_mem = '1MB'"));
        nodes.leaderSays(message('C', "SET\0"), READY);
        nodes.heard();
        nodes.heardByLeader();
        nodes.say(QUERY);
        assertThat(nodes.heardByReader()).isEqualTo("Q");

        // When
        nodes.readerSays(Frontend.message('E', new byte[100_000]), READY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        assertThat(nodes.heard()).isEmpty();
    }

    @Test
    void aNoticeThatIsTooLongIsNoAnswer() {
        // When
        nodes.say(QUERY);
        nodes.readerSays(Frontend.message('N', new byte[100_000]));
        nodes.readerSays(error("25006"));

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void garbageInAPositionPinsNobody(byte[] garbage) {
        // Given
        start(TwoNodes.reading(Consistency.SESSION));
        nodes.say(Frontend.query("insert into t values (1)"));
        nodes.leaderSays(message('C', "INSERT 0 1\0"), READY);
        nodes.leaderSays(TwoNodes.rows("0/1000"), READY);
        nodes.heard();
        nodes.heardByLeader();
        nodes.say(QUERY);
        assertThat(nodes.heardByReader()).isEqualTo("Q");

        // When
        nodes.readerSays(garbage);
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        nodes.leaderSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
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
    void theClientSeesWhatTheLeaderDidAndTheSessionEnds() {
        for (byte[] garbage : new byte[][] {message('Z', ""), message('Z', "II")}) {
            // Given
            start(TwoNodes.reading(Consistency.EVENTUAL));
            nodes.say(Frontend.query("insert into t values (1)"));

            // When
            nodes.leaderSays(garbage, READY);

            // Then
            assertThat(nodes.heard()).isEqualTo(garbage);
            assertThat(nodes.notes).contains(new Violation((byte) 'Z', garbage.length - 1));
        }
    }

    @Test
    void whatIsNoMessageOfTheLeadersPassesAsItIs() {
        // When
        byte[] garbage = {'C', 0, 0, 0, 1, 2, 3, 4};
        nodes.leaderSays(garbage);
        nodes.leaderSays(garbage);

        // Then
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(garbage, garbage));
    }

    @Test
    void aFailureOfItsOwnEndsTheSession() {
        // Given
        start(new TwoNodes(Consistency.EVENTUAL, () -> {
            throw new IllegalStateException("boom");
        }));

        // When
        nodes.say(QUERY, QUERY);
        nodes.leaderSays(message('C', "SELECT 0\0"), READY);

        // Then
        assertThat(nodes.notes).anyMatch(Fault.class::isInstance);
        nodes.say(QUERY);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void whatANodesHandlersFailAtEndsTheSession() {
        // When
        nodes.reader.pipeline().fireExceptionCaught(new IllegalStateException("boom"));
        nodes.say(QUERY);

        // Then
        assertThat(nodes.notes).anyMatch(Fault.class::isInstance);
        assertThat(nodes.heardByReader()).isEmpty();
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
        byte[] rest = Frontend.concat(message('2', ""), answer());
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
        nodes.readerSays(answer());
        assertThat(nodes.heard()).isEqualTo(answer());
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
    void garbageOfTheClientsIsForTheLeaderToJudge() {
        for (byte[] garbage : new byte[][] {
            {'Q', 0, 0, 0, 3}, {'Q', -1, -1, -1, -1}, message('?', "huh"), Frontend.message('Q', 0x3fffffff, (byte) 0)
        }) {
            // Given
            start(TwoNodes.reading(Consistency.EVENTUAL));

            // When
            nodes.say(QUERY, garbage, QUERY);

            // Then
            assertThat(nodes.heardByReader()).isEqualTo("Q");
            assertThat(nodes.heardByLeader()).startsWith(text(Arrays.copyOf(garbage, 1)));
            nodes.readerSays(answer());
            nodes.leaderSays(error("08P01"));
            assertThat(nodes.heard()).isEqualTo(Frontend.concat(answer(), error("08P01")));
        }
    }

    @Test
    void readsThatWereNotAnsweredAreAnsweredInTheirOrder() {
        // When
        nodes.say(QUERY, QUERY, QUERY);
        nodes.readerSays(answer());
        nodes.readerEnds();

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("QQ");
        nodes.leaderSays(answer(), answer());
        assertThat(nodes.heard()).isEqualTo(Frontend.concat(answer(), answer(), answer()));
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
        byte[] answer = Frontend.concat(FakeServer.WELCOME, answer());
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
}
