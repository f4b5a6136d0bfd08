package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What executions and transactions come out of what client and server say: see {@link Scenario} for the language. */
class SessionTrackerTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void tellsWhatHappened(String title, String script, String expected) {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(script);

        // Then
        assertThat(scenario.told()).isEqualTo(expected);
        assertThat(scenario.tracker.desyncs()).isZero();
        assertThat(scenario.tracker.outstanding()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pipelined")
    void tellsTheSameWhenTheClientIsFarAhead(String title, String script, String expected) {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.playPipelined(script);

        // Then
        assertThat(scenario.told()).isEqualTo(expected);
        assertThat(scenario.tracker.desyncs()).isZero();
        assertThat(scenario.tracker.outstanding()).isZero();
    }

    /** Scenarios whose title begins with {@code serial:} depend on when the client learned something. */
    static Stream<Arguments> pipelined() {
        return scenarios()
                .filter(arguments -> !String.valueOf(arguments.get()[0]).startsWith("serial:"));
    }

    static Stream<Arguments> scenarios() {
        return Stream.of(SessionScenarios.TEXT.split("\n\n"))
                .map(block -> block.strip().split("\n"))
                .map(lines -> Arguments.of(
                        lines[0].strip(),
                        lines[1].strip(),
                        String.join(
                                " ",
                                Arrays.stream(lines).skip(2).map(String::strip).toList())));
    }
}
