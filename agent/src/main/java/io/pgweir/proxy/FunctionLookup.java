package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.rules.RuleSet;
import io.pgweir.session.CopyTotals;
import io.pgweir.session.SessionPhase;
import io.pgweir.session.SessionTracker;
import io.pgweir.sql.facts.FunctionName;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.TransactionStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks, within the client's own session, what functions are called that are none of PostgreSQL's own: a FunctionCall tells an OID
 * and no name. docs/adr/0008.
 *
 * <p>The FunctionCall waits for the answer, once a minute at most; also within a transaction, whose snapshot the FunctionCall is
 * about to take anyway.
 *
 * <p>Thread: the session's event loop.
 */
final class FunctionLookup implements OwnQuestion.Answer {
    private static final Logger log = LoggerFactory.getLogger(FunctionLookup.class);

    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** OIDs below are PostgreSQL's own, and the same everywhere. */
    private static final String SQL = """
            /* pgweir: what are functions called */
            SELECT p.oid, n.nspname, p.proname FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
              WHERE p.oid OPERATOR(pg_catalog.>=) 12000::pg_catalog.oid LIMIT 50000
            """;

    private final SessionTracker tracker;
    private final OwnQuestion question;
    private final LongSupplier nanos;

    /** Replication connections speak no extended protocol. */
    private final boolean able;

    private final Map<Integer, FunctionName> names = new HashMap<>(0);
    private boolean everAsked;
    private long askedNanos;
    private boolean asking;

    FunctionLookup(SessionTracker tracker, OwnQuestion question, LongSupplier nanos, boolean able) {
        this.tracker = tracker;
        this.question = question;
        this.nanos = nanos;
        this.able = able;
    }

    /** Null where nobody knows. */
    @Nullable
    FunctionName name(int oid) {
        return names.get(oid);
    }

    /** Whether a FunctionCall is to wait for an answer. */
    boolean holds(RuleSet set) {
        return asking || (set.asksForFunctions() && isWanted());
    }

    private boolean isWanted() {
        return able
                && (!everAsked || nanos.getAsLong() - askedNanos >= KEPT_NANOS)
                && tracker.phase() == SessionPhase.READY
                && !tracker.isSegmentOpen()
                && !isCopyingIn()
                && tracker.transactionStatus() != TransactionStatus.FAILED;
    }

    /** There the server wants CopyData, and nothing else. */
    private boolean isCopyingIn() {
        CopyTotals.Direction direction = tracker.copying();
        return direction != null && direction != CopyTotals.Direction.OUT;
    }

    /** What to send now that a FunctionCall waits; null where it is too early, or too late. */
    @Nullable
    ByteBuf ask() {
        if (asking || !isWanted() || !question.isFree()) {
            return null;
        }
        asking = true;
        everAsked = true;
        askedNanos = nanos.getAsLong();
        names.clear();
        return question.ask(SQL, this);
    }

    @Override
    public int columns() {
        return 3;
    }

    @Override
    public void onRow() {
        names.put(question.oid(0), new FunctionName(question.text(1), question.text(2)));
    }

    @Override
    public void onError(ErrorFields error) {
        log.atWarn()
                .addKeyValue("sqlState", error.sqlState())
                .log("Catalog could not be asked for functions' names, rules do not know them");
    }

    @Override
    public void onEnd(boolean whole) {
        asking = false;
    }
}
