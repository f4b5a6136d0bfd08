package io.pgweir.cli;

import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.MessageParts;
import io.pgweir.replay.SessionStatements;
import io.pgweir.rules.file.Learned;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.MessageType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What {@code rules learn} takes from a capture: whose statements succeeded, by the digests of their answers. One thread. */
final class LearnedCapture {
    /** Of texts that are joined to be read; of longer ones nothing is learned. */
    private static final int TEXT_BYTES_MAX = 4 << 20;

    /** Requests of one session that wait for their answer. */
    private static final int REQUESTS_MAX = 10_000;

    private static final String APPLICATION = "application_name";

    private final Learned learned;
    private final MessageParts parts = new MessageParts(TEXT_BYTES_MAX);
    private final Map<Long, Session> sessions = new HashMap<>();
    private @Nullable UUID capture;

    private static final class Session {
        final SessionStatements statements = new SessionStatements();

        /** By request, what it runs and nobody has heard of yet. */
        final Map<Long, Deque<SqlStatement>> running = new LinkedHashMap<>();

        String user = "";
        String application = "";
    }

    LearnedCapture(Learned learned) {
        this.learned = learned;
    }

    /** What follows is of this file; sessions of another capture have the same numbers. */
    void onFile(CaptureHeader header) {
        if (!header.capture().equals(capture)) {
            capture = header.capture();
            sessions.clear();
        }
    }

    void onRecord(CaptureRecord record) {
        Session session = sessions.computeIfAbsent(record.session(), _ -> new Session());
        switch (record) {
            case SessionOpen open -> {
                session.user = open.user();
                session.application = open.application();
            }
            case SessionState state -> {
                session.statements.onState(state);
                for (Setting setting : state.settings()) {
                    onSetting(session, setting.name(), setting.value());
                }
            }
            case Message part -> onPart(session, part);
            case Response response -> onResponse(session, response);
            case SessionEnd end -> {
                sessions.remove(end.session());
                parts.forget(end.session());
            }
            case CaptureRecord.Gap _, CaptureRecord.Cancel _ -> {}
        }
    }

    private void onPart(Session session, Message part) {
        boolean setting = part.type() == MessageType.Backend.PARAMETER_STATUS;
        Message message = part.direction() == Direction.FRONTEND || setting ? parts.join(part) : null;
        if (message == null) {
            return;
        }
        if (message.direction() == Direction.BACKEND) {
            String[] both = new String(message.body(), StandardCharsets.UTF_8).split("\0", -1);
            if (both.length > 1) {
                onSetting(session, both[0], both[1]);
            }
        }
        Deque<SqlStatement> statements = new ArrayDeque<>(session.statements.onMessage(message));
        if (!statements.isEmpty() && message.request() > 0) {
            session.running.put(message.request(), statements);
            if (session.running.size() > REQUESTS_MAX) {
                session.running.remove(session.running.keySet().iterator().next());
            }
        }
    }

    private static void onSetting(Session session, String name, String value) {
        if (name.equals(APPLICATION)) {
            session.application = value;
        }
    }

    /** One for each statement of a query string, in their order, up to the first that failed. */
    private void onResponse(Session session, Response response) {
        Deque<SqlStatement> statements = session.running.get(response.request());
        SqlStatement statement = statements == null ? null : statements.poll();
        if (!response.sqlState().isEmpty() || isDone(statements)) {
            session.running.remove(response.request());
        }
        if (statement != null && response.sqlState().isEmpty() && !session.user.isEmpty()) {
            learned.add(session.user, session.application, statement.fingerprint(), statement.redacted());
        }
    }

    private static boolean isDone(@Nullable Deque<SqlStatement> statements) {
        return statements == null || statements.isEmpty();
    }
}
