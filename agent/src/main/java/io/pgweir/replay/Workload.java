package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.MessageParts;
import io.pgweir.sql.SqlStatement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sums a capture up: by statement, by user, by database. One thread. */
public final class Workload {
    /** Of texts that are joined to be read; of longer ones, nothing is known. */
    private static final int TEXT_BYTES_MAX = 4 << 20;

    /** Different statements, users and databases, each; what is over it counts under {@link #OTHERS}. */
    private static final int GROUPS_MAX = 10_000;

    /** Requests of one session that wait for their answer. */
    private static final int REQUESTS_MAX = 10_000;

    public static final String OTHERS = "(others)";

    /**
     * What stands behind one name.
     *
     * @param sample text of a statement, as it was first seen; empty for users and databases
     * @param executions of statements
     * @param answered executions whose answer's digest is there; all that follows is theirs
     * @param nanos from request to last byte
     */
    public record Group(
            String name,
            String sample,
            long executions,
            long answered,
            long errors,
            long rows,
            long nanos,
            long nanosMax) {}

    private static final class Sum {
        final String sample;
        long executions;
        long answered;
        long errors;
        long rows;
        long nanos;
        long nanosMax;

        Sum(String sample) {
            this.sample = sample;
        }

        void add(Response response) {
            answered++;
            errors += response.sqlState().isEmpty() ? 0 : 1;
            rows += response.rows();
            nanos += response.totalNanos();
            nanosMax = Math.max(nanosMax, response.totalNanos());
        }
    }

    private static final class Session {
        final SessionStatements statements = new SessionStatements();
        final Map<Long, List<SqlStatement>> running = new LinkedHashMap<>();

        @Nullable
        SessionOpen open;
    }

    private final MessageParts parts = new MessageParts(TEXT_BYTES_MAX);
    private final Map<Long, Session> sessions = new HashMap<>();
    private final Map<String, Sum> byStatement = new HashMap<>();
    private final Map<String, Sum> byUser = new HashMap<>();
    private final Map<String, Sum> byDatabase = new HashMap<>();
    private long opened;
    private long frontend;
    private long backend;
    private long cancels;
    private long leftOut;
    private long lastNanos;

    public void onRecord(CaptureRecord record) {
        lastNanos = Math.max(lastNanos, record.nanos());
        switch (record) {
            case SessionOpen open -> {
                Session session = session(open.session());
                opened += session.open == null ? 1 : 0;
                session.open = open;
            }
            case SessionState state -> session(state.session()).statements.onState(state);
            case Message message -> onMessage(message);
            case Response response -> onResponse(response);
            case Gap gap -> leftOut += gap.messages();
            case Cancel _ -> cancels++;
            case SessionEnd end -> {
                sessions.remove(end.session());
                parts.forget(end.session());
            }
        }
    }

    private Session session(long number) {
        return sessions.computeIfAbsent(number, _ -> new Session());
    }

    private void onMessage(Message part) {
        if (!part.is(Message.CONTINUES)) {
            switch (part.direction()) {
                case FRONTEND -> frontend++;
                case BACKEND -> backend++;
            }
        }
        Message message = part.direction() == Direction.FRONTEND || part.type() == 'S' ? parts.join(part) : null;
        if (message == null) {
            return;
        }
        Session session = session(message.session());
        List<SqlStatement> statements = session.statements.onMessage(message);
        if (statements.isEmpty()) {
            return;
        }
        for (SqlStatement statement : statements) {
            sum(byStatement, statement.fingerprint(), statement.redacted()).executions++;
        }
        sum(byUser, user(session), "").executions += statements.size();
        sum(byDatabase, database(session), "").executions += statements.size();
        if (message.request() > 0) {
            session.running.put(message.request(), statements);
            if (session.running.size() > REQUESTS_MAX) {
                session.running.remove(session.running.keySet().iterator().next());
            }
        }
    }

    private static String user(Session session) {
        return session.open == null ? "" : session.open.user();
    }

    private static String database(Session session) {
        return session.open == null ? "" : session.open.database();
    }

    /** A query string of several statements is answered as one: its answer counts for the first. */
    private void onResponse(Response response) {
        Session session = session(response.session());
        List<SqlStatement> statements = session.running.remove(response.request());
        if (statements != null) {
            SqlStatement first = statements.getFirst();
            sum(byStatement, first.fingerprint(), first.redacted()).add(response);
            sum(byUser, user(session), "").add(response);
            sum(byDatabase, database(session), "").add(response);
        }
    }

    private static Sum sum(Map<String, Sum> sums, String name, String sample) {
        Sum sum = sums.get(name);
        if (sum != null) {
            return sum;
        }
        boolean full = sums.size() >= GROUPS_MAX;
        return sums.computeIfAbsent(full ? OTHERS : name, _ -> new Sum(full ? "" : sample));
    }

    /** Those that took most time first; those of which no time is known by their number. */
    public List<Group> byStatement() {
        return groups(byStatement);
    }

    public List<Group> byUser() {
        return groups(byUser);
    }

    public List<Group> byDatabase() {
        return groups(byDatabase);
    }

    private static List<Group> groups(Map<String, Sum> sums) {
        List<Group> groups = new ArrayList<>();
        sums.forEach((name, sum) -> groups.add(new Group(
                name, sum.sample, sum.executions, sum.answered, sum.errors, sum.rows, sum.nanos, sum.nanosMax)));
        groups.sort(Comparator.comparingLong(Group::nanos)
                .thenComparingLong(Group::executions)
                .reversed()
                .thenComparing(Group::name));
        return groups;
    }

    /** Sessions that were seen. */
    public long sessions() {
        return opened;
    }

    /** Messages of clients. */
    public long frontend() {
        return frontend;
    }

    /** Messages of servers. */
    public long backend() {
        return backend;
    }

    public long cancels() {
        return cancels;
    }

    /** Messages that gaps tell of. */
    public long leftOut() {
        return leftOut;
    }

    public long lastNanos() {
        return lastNanos;
    }
}
