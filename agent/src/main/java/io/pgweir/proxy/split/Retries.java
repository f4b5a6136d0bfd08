package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a standby fails at, and a leader need not: it is run once more there, and the client hears that answer alone.
 *
 * <p>Thread: the session's event loop.
 */
final class Retries {
    private static final String READ_ONLY_SQL_TRANSACTION = "25006";
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    /**
     * A write, what cannot be done during recovery, relations, columns, types, functions, schemas and prepared statements that are not
     * there yet or no more, formats for other columns than a statement has there by now, a conflict with replay, and the standby's own going away.
     */
    private static final Set<String> ELSEWHERE = Set.of(
            READ_ONLY_SQL_TRANSACTION,
            FEATURE_NOT_SUPPORTED,
            SqlState.PROTOCOL_VIOLATION,
            "42P01",
            "42703",
            "42704",
            "42883",
            "3F000",
            "26000",
            "40001",
            SqlState.ADMIN_SHUTDOWN,
            SqlState.CRASH_SHUTDOWN,
            SqlState.CANNOT_CONNECT_NOW);

    /** Field of 0A000 "cached plan must not change result type", in whatever language that is said. */
    private static final String OTHER_COLUMNS = "\0RRevalidateCachedQuery\0";

    private final Leader leading;
    private final Requests requests;
    private final ReadBlock block;
    private final ClientStatements statements;
    private final Harvest harvest;
    private final SplitSocket socket;
    private final Telemetry telemetry;

    /** The reader holds an answer that the leader gives in its place. */
    private @Nullable NodeSession holding;

    Retries(
            Leader leading,
            Requests requests,
            ReadBlock block,
            ClientStatements statements,
            Harvest harvest,
            SplitSocket socket,
            Telemetry telemetry) {
        this.leading = leading;
        this.requests = requests;
        this.block = block;
        this.statements = statements;
        this.harvest = harvest;
        this.socket = socket;
        this.telemetry = telemetry;
    }

    /** Whether a reader waits for the leader to answer in its place. */
    boolean isHolding() {
        return holding != null;
    }

    /** Whether any server that has prepared it would say so: what the client has been told of its columns holds no more. */
    static boolean isForClient(ErrorFields error, ByteBuf buffer, int bodyAt, int bodyLength) {
        return error.sqlState().equals(FEATURE_NOT_SUPPORTED)
                && buffer.toString(bodyAt, bodyLength, StandardCharsets.ISO_8859_1)
                        .contains(OTHER_COLUMNS);
    }

    /** @return whether the leader is asked instead: the reader's answer goes nowhere, and what is behind it waits */
    boolean take(NodeSession node, Segment segment, List<Segment.Kept> again, ErrorFields error) {
        boolean write = error.sqlState().equals(READ_ONLY_SQL_TRANSACTION);
        if (leading.isOver() || !ELSEWHERE.contains(error.sqlState()) || (write && block.isReadOnly())) {
            return false;
        }
        if (!block.movesWith(node)) {
            return false;
        }
        if (write) {
            telemetry.increment(Metric.SPLIT_MISROUTES);
            harvest.onWrite();
            statements.onMisroute(segment.current());
        }
        segment.elsewhere = true;
        holding = node;
        runOnLeader(segment, again);
        if (segment.open) {
            // Its rest goes to the leader; the reader skips to a Sync that is ours.
            node.cut();
            requests.leave(node);
        }
        return true;
    }

    /** Now, or as soon as there is one. */
    void runOnLeader(Segment segment, List<Segment.Kept> again) {
        if (leading.isThere() && !leading.isOwing()) {
            socket.note(leading.node().cancelTarget());
            leading.node().runAgain(segment, again, "retry");
        } else {
            leading.owe(segment, again);
        }
    }

    /** What it holds it need not hold any more. */
    void onEnded(NodeSession reader) {
        if (holding == reader) {
            holding = null;
        }
    }

    /** The leader may have answered. */
    void settle() {
        NodeSession held = holding;
        if (held != null && !leading.isOwing() && !leading.node().isAnsweringClient()) {
            holding = null;
            held.goOn();
            socket.saidAll();
        }
    }
}
