package io.pgweir.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an execution carries, how a session begins, and what the tracker costs. */
class SessionTrackerFactsTest {

    @Test
    void aFailureKeepsTheParametersThatWereBound() {
        // Given
        Scenario scenario = new Scenario(new TrackerOptions(8, false));
        scenario.begin();

        // When
        scenario.play(">P[a|select $1] >Ds[a] >B[p|a] >E[p] >S <1 <t <T <2 <E[22012] <Z[I]");

        // Then
        Execution execution = scenario.listener.executions.getFirst();
        assertThat(execution.statementName()).isEqualTo("a");
        assertThat(execution.portalName()).isEqualTo("p");
        assertThat(execution.fields()).isEqualTo(1);
        assertThat(execution.textBytes()).isEqualTo(9);
        Parameters parameters = requireNonNull(execution.parameters());
        assertThat(parameters.types()).containsExactly(25);
        assertThat(parameters.formats()).containsExactly((byte) 0);
        assertThat(parameters.lengths()).containsExactly(1);
        assertThat(parameters.values()).isDeepEqualTo(new byte[][] {{'x'}});
    }

    @Test
    void valuesAreNotKeptUnlessAskedFor() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">P[|select $1] >B[] >E[] >S <1 <2 <D <D <C[SELECT 2] <Z[I]");

        // Then
        Execution execution = scenario.listener.executions.getFirst();
        Parameters parameters = requireNonNull(execution.parameters());
        assertThat(parameters.values()).isNull();
        assertThat(execution.rows()).isEqualTo(2);
        assertThat(execution.bytes()).isEqualTo(22);
        assertThat(execution.firstRowNanos()).isBetween(execution.startNanos(), execution.endNanos());
    }

    @Test
    void rowsOfASuspendedPortalAddUp() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">P[|select 1] >B[] >E[|2] >E[|2] >S <1 <2 <D <D <s <D <C[SELECT 1] <Z[I]");

        // Then
        assertThat(scenario.listener.executions.getFirst().rows()).isEqualTo(3);
    }

    @Test
    void aPortalThatIsDoneIsCountedWhenItRunsAgain() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">P[|select 1] >B[] >E[] >E[] >S <1 <2 <D <C[SELECT 1] <C[SELECT 0] <Z[I]");

        // Then
        assertThat(scenario.tracker.repeatedExecutes()).isOne();
    }

    @Test
    void executionsOfOneSegmentAreNumbered() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">Q[select 1; select 2] <C[SELECT 1] <C[SELECT 1] <Z[I] >Q[select 3] <C[SELECT 1] <Z[I]");

        // Then
        assertThat(scenario.listener.executions)
                .extracting(Execution::pipelinePosition)
                .containsExactly(0, 1, 0);
        assertThat(scenario.listener.executions).extracting(Execution::sequence).containsExactly(1L, 2L, 3L);
    }

    @Test
    void moreThanCanBeHeldAreToldWhileTheTransactionIsOpen() {
        // Given
        Scenario scenario = Scenario.ready();
        int statements = ExecutionLog.HELD_MAX + 10;

        // When
        scenario.play(">Q[" + "select 1;".repeat(statements) + "] " + "<C[SELECT 1] ".repeat(statements) + "<Z[I]");

        // Then
        assertThat(scenario.listener.executions).hasSize(statements);
        assertThat(scenario.listener.executions.getFirst().transaction().outcome())
                .isEqualTo(Transaction.Outcome.OPEN);
        assertThat(scenario.listener.ends)
                .extracting(Transaction::outcome)
                .containsExactly(Transaction.Outcome.COMMITTED);
    }

    @Test
    void copyIsHashed() throws Exception {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">Q[copy t from stdin] <G >d[a/] >d[b/] >c <C[COPY 2] <Z[I]");

        // Then
        CopyTotals copy = requireNonNull(scenario.listener.executions.getFirst().copy());
        assertThat(copy.sha256()).isEqualTo(sha256("a\nb\n"));
    }

    @Test
    void aTextTooLongToBeGatheredIsHashedAsItPasses() throws Exception {
        // Given
        Scenario scenario = Scenario.ready();
        String sql = "select '" + "x".repeat(100) + "'";
        ByteBuf body = Unpooled.copiedBuffer("name\0" + sql + "\0\0\0", StandardCharsets.UTF_8);

        // When
        FrontendMessage head = new FrontendMessage.Parse("name", sql.substring(0, 20), new int[0]);
        scenario.tracker.onFrontendHead(head, body.readableBytes(), 1);
        for (int i = 0; i < body.readableBytes(); i++) {
            scenario.tracker.onFrontendHeadChunk(body, i, 1, i == body.readableBytes() - 1);
        }
        scenario.play(">B[|name] >E[] >S <1 <2 <C[SELECT 1] <Z[I]");

        // Then
        Execution execution = scenario.listener.executions.getFirst();
        assertThat(execution.textTruncated()).isTrue();
        assertThat(execution.textBytes()).isEqualTo(sql.length());
        assertThat(execution.textSha256()).isEqualTo(sha256(sql));
    }

    @Test
    void ownTimeIsTheRequestsAndTheAnswers() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">Q[select 1]");
        scenario.tracker.onFrontendForwarded(5);
        scenario.play("<T <D <C[SELECT 1]");
        scenario.tracker.onBackendForwarded(7);
        scenario.play("<Z[I]");

        // Then
        assertThat(scenario.listener.executions.getFirst().ownNanos()).isEqualTo(12);
    }

    @Test
    void methodsOfAuthenticationAreSpelledAsInPgHba() {
        assertThat(authenticated(authentication(0))).containsExactly("trust");
        assertThat(authenticated(authentication(3), authentication(0))).containsExactly("password");
        assertThat(authenticated(authentication(5), authentication(0))).containsExactly("md5");
        assertThat(authenticated(authentication(7), authentication(8), authentication(0)))
                .containsExactly("gss");
        assertThat(authenticated(authentication(9), authentication(0))).containsExactly("sspi");
        assertThat(authenticated(authentication(10, "OAUTHBEARER"), authentication(0)))
                .containsExactly("oauth");
        assertThat(authenticated(authentication(10, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"), authentication(0)))
                .containsExactly("scram-sha-256");
    }

    @Test
    void theClientChoosesTheMechanism() {
        // Given
        Scenario scenario = new Scenario();
        scenario.tracker.onStartup(startup(), 1);
        scenario.tracker.onBackend(authentication(10, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"), 2);
        assertThat(scenario.tracker.saslOffered()).isTrue();

        // When
        scenario.tracker.onFrontend(new FrontendMessage.SaslInitialResponse("SCRAM-SHA-256-PLUS", 9), 3);
        scenario.tracker.onBackend(authentication(0), 4);

        // Then
        assertThat(scenario.tracker.saslOffered()).isFalse();
        assertThat(scenario.listener.authentications).containsExactly("scram-sha-256-plus");
        assertThat(scenario.tracker.phase()).isEqualTo(SessionPhase.STARTING);
    }

    @Test
    void aRefusedClientIsToldOnceWithTheReason() {
        // Given
        Scenario scenario = new Scenario();
        scenario.tracker.onStartup(startup(), 1);
        scenario.tracker.onBackend(authentication(5), 2);

        // When
        scenario.play("<F[28P01] <F[28P01] !");

        // Then
        assertThat(scenario.listener.authentications).containsExactly("md5!28P01");
        assertThat(scenario.tracker.fatal()).isNotNull();
        assertThat(scenario.tracker.phase()).isEqualTo(SessionPhase.CLOSED);
    }

    @Test
    void anErrorBehindAuthenticationFailsTheSessionOnly() {
        // Given
        Scenario scenario = new Scenario();
        scenario.tracker.onStartup(startup(), 1);
        scenario.tracker.onBackend(authentication(0), 2);

        // When
        scenario.play("<F[3D000]");

        // Then
        assertThat(scenario.listener.authentications).containsExactly("trust");
        assertThat(scenario.tracker.fatal()).isNotNull();
        assertThat(scenario.tracker.phase()).isEqualTo(SessionPhase.FAILED);
    }

    @Test
    void settingsFollowParameterStatus() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play("<P[client_encoding|LATIN1] <P[standard_conforming_strings|off] <P[server_version|17.2]");

        // Then
        assertThat(scenario.tracker.clientCharset()).isEqualTo(StandardCharsets.ISO_8859_1);
        assertThat(scenario.tracker.standardConformingStrings()).isFalse();
        assertThat(scenario.tracker.parameter("server_version")).isEqualTo("17.2");
        assertThat(scenario.tracker.parameter("gone")).isNull();
    }

    @Test
    void rowsAndChunksAllocateNothing() {
        // Given
        Scenario scenario = Scenario.ready();
        // Wrapped, so that the leak detector, which records every access, does not watch it.
        ByteBuf chunk = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(512));
        scenario.play(">Q[select 1; copy t to stdout] <T");
        long rows = allocatedBy(() -> scenario.tracker.onDataRow(100, 5));
        scenario.play("<C[SELECT 1] <H");

        // When
        long chunks = allocatedBy(() -> scenario.tracker.onBackendCopyData(chunk, 0, 512, true, true, 5));

        // Then
        // The smallest object a call would be 160,000 bytes; the compiler's own noise is some thousands.
        assertThat(rows).isLessThan(50_000);
        assertThat(chunks).isLessThan(50_000);
        chunk.release();
    }

    @Test
    void whatAnAnswerThatFitsNothingTouchesIsDoubtful() {
        // Given
        Scenario scenario = Scenario.ready();

        // When
        scenario.play(">P[|select 1] >B[] >E[] >S <1 <2 <C[SELECT 1] <3 <Z[I] >Q[select 2] <T <C[SELECT 1] <Z[I]");

        // Then
        assertThat(scenario.told()).isEqualTo("select 1 = SELECT 1 II C ??; select 2 = SELECT 1 II C");
        assertThat(scenario.tracker.desyncs()).isEqualTo(1);
    }

    @Test
    void replicationAllocatesNothingAndTellsItsPositions() {
        // Given
        Scenario scenario = Scenario.ready();
        ByteBuf xlog = message('w', 0x100, 0x200, 9, 25 + 512);
        ByteBuf keepalive = message('k', 0x1000, 9, 0, 18);
        ByteBuf status = message('r', 0x900, 0x800, 0x700, 34);
        scenario.play(">Q[START_REPLICATION 0/0] <W");
        scenario.tracker.onBackendCopyData(message('w', 0, 0x200, 9, 26), 0, 26, true, true, 5);
        scenario.tracker.onBackendCopyData(xlog, 0, 20, true, false, 5);

        // When
        long server = allocatedBy(() -> {
            scenario.tracker.onBackendCopyData(xlog, 0, 20, true, false, 5);
            scenario.tracker.onBackendCopyData(xlog, 20, 517, false, true, 5);
        });
        long client = allocatedBy(() -> scenario.tracker.onFrontendCopyData(status, 0, 34, true, true));
        scenario.tracker.onBackendCopyData(keepalive, 0, 18, true, true, 5);
        scenario.play(">c <c <C[COPY 0] <C[START_REPLICATION] <Z[I]");

        // Then
        assertThat(server).isLessThan(50_000);
        assertThat(client).isLessThan(50_000);
        CopyTotals copy = requireNonNull(scenario.listener.executions.getFirst().copy());
        assertThat(copy.wal()).isEqualTo(new WalTotals(20_003, 20_000, 512 * 20_000L + 1, 0x100, 0x1000, 0x800));
    }

    @Test
    void aHundredThousandRequestsAheadAreAnswered() {
        // Given
        Scenario scenario = Scenario.ready();
        int executes = 100_000;
        scenario.play(">P[a|select 1]");
        for (int i = 0; i < executes; i++) {
            scenario.step(">B[|a]");
            scenario.step(">E[]");
        }
        scenario.play(">S <1");

        // When
        for (int i = 0; i < executes; i++) {
            scenario.step("<2");
            scenario.step("<C[SELECT 1]");
        }
        scenario.play("<Z[I]");

        // Then
        assertThat(scenario.listener.executions).hasSize(executes);
        assertThat(scenario.tracker.desyncs()).isZero();
        assertThat(scenario.tracker.outstanding()).isZero();
    }

    /** Bytes that 10,000 calls allocate on this thread, once they are warm. */
    private static long allocatedBy(Runnable call) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 10_000; i++) {
            call.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            call.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** A message of replication, its first three numbers as they stand as far as there is room. */
    private static ByteBuf message(char letter, long first, long second, long third, int length) {
        byte[] numbers = new byte[Math.max(25, length)];
        ByteBuffer.wrap(numbers)
                .put((byte) letter)
                .putLong(first)
                .putLong(second)
                .putLong(third);
        return Unpooled.wrappedBuffer(numbers, 0, length);
    }

    private static List<String> authenticated(BackendMessage... messages) {
        Scenario scenario = new Scenario();
        scenario.tracker.onStartup(startup(), 1);
        for (BackendMessage message : messages) {
            scenario.tracker.onBackend(message, 2);
        }
        return scenario.listener.authentications;
    }

    private static BackendMessage authentication(int code, String... mechanisms) {
        return new BackendMessage.Authentication(code, List.of(mechanisms));
    }

    private static StartupPacket.Startup startup() {
        return new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of());
    }

    private static byte[] sha256(String text) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }
}
