package io.pgweir.proxy.split;

import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.FrontendMessage;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which node a request goes to, by what is under way and by what the session has left behind.
 *
 * <p>Thread: the session's event loop.
 */
final class Destinations {
    /** Why something leaves what no other server can be given, whatever functions there are. */
    private static final Set<String> STATE_BY_ITSELF =
            Set.of(Reason.CODE, Reason.LISTEN, Reason.TEMPORARY, Reason.SESSION_STATE);

    private final SplitSession session;
    private final Leader leading;
    private final Reader reading;
    private final ReadBlock block;
    private final ClientStatements statements;
    private final Harvest harvest;
    private final Ties ties;
    private final Telemetry telemetry;

    Destinations(
            SplitSession session,
            Leader leading,
            Reader reading,
            ReadBlock block,
            ClientStatements statements,
            Harvest harvest,
            Ties ties,
            Telemetry telemetry) {
        this.session = session;
        this.leading = leading;
        this.reading = reading;
        this.block = block;
        this.statements = statements;
        this.harvest = harvest;
        this.ties = ties;
        this.telemetry = telemetry;
    }

    /** Whether the client is not let in yet, or what a statement asks for cannot be told before the catalog has been read. */
    boolean isUnsettled() {
        if (isAtRest() && !statements.areBehind()) {
            statements.learn(leading.node());
        }
        return !session.isServing() || statements.areLearning() || leading.isOwing();
    }

    /** Whether the leader could be asked something now, whose answer nobody who waits for one waits for. */
    private boolean isAtRest() {
        return !ties.isPinned()
                && session.isServing()
                && session.status() == 'I'
                && !leading.node().isAnsweringClient()
                && leading.isThere();
    }

    /** Of a request. */
    sealed interface Choice {
        Choice WAITS = new Waits();

        /** It goes there. */
        record Node(NodeSession node) implements Choice {}

        /** For a node, or for what a node has to say first. */
        record Waits() implements Choice {}

        /** No reader may have it: it is the leader's. */
        record Instead(Request request) implements Choice {}
    }

    /** Whether a read, or what may leave something behind, is taken for what it was before this session's own definitions. */
    boolean isGuessed(Need need, @Nullable String why) {
        return statements.areBehind()
                && isAtRest()
                && (why == null || (need.effect() == Need.Effect.STATE && !STATE_BY_ITSELF.contains(need.reason())));
    }

    /** Whether what was guessed can be known by now; asks for it. */
    boolean knowsBetter() {
        if (isAtRest()) {
            statements.learn(leading.node());
        }
        return leading.isThere() && !statements.areLearning();
    }

    /** @return why the leader; null where a reader may do */
    @Nullable
    String whyLeader(Need need, @Nullable SqlStatement statement) {
        if (block.node() != null && block.keeps(statement, need)) {
            return null;
        }
        String pinned = ties.pinned();
        if (pinned != null) {
            return pinned;
        }
        if (need.where() == Need.Where.LEADER && !mayBegin(statement)) {
            return need.reason();
        }
        if (session.status() != 'I') {
            return "transaction";
        }
        if (leading.node().isOpen()) {
            return "batch";
        }
        if (leading.node().isAnsweringClient()) {
            return "pipeline";
        }
        return null;
    }

    /** Whether that begins a block that the reader may run. */
    private boolean mayBegin(@Nullable SqlStatement statement) {
        if (statement == null || block.begins(statement) == null || statements.isForLeader(statement)) {
            return false;
        }
        NodeSession reader = reading.node();
        return reader == null || !reader.isOpen() || block.mayBeginBehind(reader);
    }

    /** Where a request goes by now. */
    Choice of(Request request) {
        NodeSession within = block.node();
        if (within != null) {
            boolean bound = request.content() instanceof FrontendMessage.Execute;
            return block.takes(request.leads() == null, bound) ? new Choice.Node(within) : Choice.WAITS;
        }
        if (request.leads() != null) {
            return leading.isThere() ? new Choice.Node(leading.node()) : Choice.WAITS;
        }
        StringBuilder refused = new StringBuilder();
        String why = whyLeader(request.need(), request.statement());
        NodeSession reader = why != null || harvest.isOutstanding() ? null : reading.now(refused);
        if (reader != null && block.begins(request.statement()) != null) {
            Boolean committed = block.isReadCommitted(reader);
            if (committed == null) {
                return Choice.WAITS;
            }
            why = committed ? null : request.need().reason();
        }
        if (why != null || !refused.isEmpty()) {
            return new Choice.Instead(request.onLeader(why == null ? refused.toString() : why));
        }
        return reader == null ? Choice.WAITS : new Choice.Node(reader);
    }

    /** The leader is asked this. */
    void onLeaderAsked(Segment segment, Need need, String reason) {
        if (need.effect() == Need.Effect.STATE) {
            ties.pin(need.reason(), segment);
        }
        if (need.mayWrite()) {
            harvest.onWrite();
        }
        telemetry.counter(Metric.SPLIT_STATEMENTS, "leader", reason).increment();
    }

    void onReaderAsked(String reason) {
        telemetry.counter(Metric.SPLIT_STATEMENTS, "reader", reason).increment();
    }
}
