package io.pgweir.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every phase times every event. */
class SessionPhaseTest {
    private static final Map<String, UnaryOperator<SessionPhase>> EVENTS = Map.of(
            "startup",
            SessionPhase::toAuthenticating,
            "ok",
            SessionPhase::toStarting,
            "ready",
            SessionPhase::toReady,
            "request",
            phase -> phase.toServing(1, null),
            "answered",
            phase -> phase.toServing(0, null),
            "copyIn",
            phase -> phase.toServing(1, CopyTotals.Direction.IN),
            "copyOut",
            phase -> phase.toServing(1, CopyTotals.Direction.OUT),
            "copyBoth",
            phase -> phase.toServing(1, CopyTotals.Direction.BOTH),
            "fatal",
            SessionPhase::toFailed,
            "closed",
            SessionPhase::toClosed);

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            phase,          startup,        ok,         ready,      request,        answered,       copyIn,         copyOut,        copyBoth,       fatal,  closed
            STARTUP,        AUTHENTICATING, STARTUP,    STARTUP,    STARTUP,        STARTUP,        STARTUP,        STARTUP,        STARTUP,        FAILED, CLOSED
            AUTHENTICATING, AUTHENTICATING, STARTING,   AUTHENTICATING, AUTHENTICATING, AUTHENTICATING, AUTHENTICATING, AUTHENTICATING, AUTHENTICATING, FAILED, CLOSED
            STARTING,       STARTING,       STARTING,   READY,      STARTING,       STARTING,       STARTING,       STARTING,       STARTING,       FAILED, CLOSED
            READY,          READY,          READY,      READY,      ACTIVE,         READY,          COPY_IN,        COPY_OUT,       COPY_BOTH,      FAILED, CLOSED
            ACTIVE,         ACTIVE,         ACTIVE,     READY,      ACTIVE,         READY,          COPY_IN,        COPY_OUT,       COPY_BOTH,      FAILED, CLOSED
            COPY_IN,        COPY_IN,        COPY_IN,    READY,      ACTIVE,         READY,          COPY_IN,        COPY_OUT,       COPY_BOTH,      FAILED, CLOSED
            COPY_OUT,       COPY_OUT,       COPY_OUT,   READY,      ACTIVE,         READY,          COPY_IN,        COPY_OUT,       COPY_BOTH,      FAILED, CLOSED
            COPY_BOTH,      COPY_BOTH,      COPY_BOTH,  READY,      ACTIVE,         READY,          COPY_IN,        COPY_OUT,       COPY_BOTH,      FAILED, CLOSED
            FAILED,         FAILED,         FAILED,     FAILED,     FAILED,         FAILED,         FAILED,         FAILED,         FAILED,         FAILED, CLOSED
            CLOSED,         CLOSED,         CLOSED,     CLOSED,     CLOSED,         CLOSED,         CLOSED,         CLOSED,         CLOSED,         CLOSED, CLOSED
            """)
    void everyPhaseTimesEveryEvent(
            SessionPhase phase,
            SessionPhase startup,
            SessionPhase ok,
            SessionPhase ready,
            SessionPhase request,
            SessionPhase answered,
            SessionPhase copyIn,
            SessionPhase copyOut,
            SessionPhase copyBoth,
            SessionPhase fatal,
            SessionPhase closed) {
        assertThat(on("startup", phase)).isEqualTo(startup);
        assertThat(on("ok", phase)).isEqualTo(ok);
        assertThat(on("ready", phase)).isEqualTo(ready);
        assertThat(on("request", phase)).isEqualTo(request);
        assertThat(on("answered", phase)).isEqualTo(answered);
        assertThat(on("copyIn", phase)).isEqualTo(copyIn);
        assertThat(on("copyOut", phase)).isEqualTo(copyOut);
        assertThat(on("copyBoth", phase)).isEqualTo(copyBoth);
        assertThat(on("fatal", phase)).isEqualTo(fatal);
        assertThat(on("closed", phase)).isEqualTo(closed);
    }

    private static SessionPhase on(String event, SessionPhase phase) {
        return EVENTS.getOrDefault(event, UnaryOperator.identity()).apply(phase);
    }
}
