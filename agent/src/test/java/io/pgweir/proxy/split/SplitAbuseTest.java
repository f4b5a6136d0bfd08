package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static io.pgweir.proxy.split.TwoNodes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.Frontend;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a split session withstands from its nodes and from its client. */
class SplitAbuseTest extends OverTwoNodes {
    SplitAbuseTest() {
        super(TwoNodes.reading(Consistency.EVENTUAL));
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
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
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
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
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
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
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
    void aSecondReadyForQueryEndsTheReader() {
        // When
        nodes.say(QUERY);
        nodes.readerSays(ANSWER, READY);

        // Then
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        assertThat(nodes.reader.isOpen()).isFalse();
        assertThat(nodes.ended).isFalse();
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
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
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
        nodes.leaderSays(ANSWER);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
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
            nodes.readerSays(ANSWER);
            nodes.leaderSays(error("08P01"));
            assertThat(nodes.heard()).isEqualTo(Frontend.concat(ANSWER, error("08P01")));
        }
    }
}
