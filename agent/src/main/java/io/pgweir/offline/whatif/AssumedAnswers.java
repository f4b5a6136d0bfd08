package io.pgweir.offline.whatif;

import io.pgweir.session.Foreseen;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.CopyFormat;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.TransactionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server would say to each message, were all of them to succeed without a row: for captures that hold what clients said, and
 * nothing else. One session's. One thread.
 */
final class AssumedAnswers {
    private TransactionStatus status = TransactionStatus.IDLE;

    /** A COPY from the client is under way: whether it was begun by a Query, whose end is ReadyForQuery. */
    private boolean copies;

    private boolean copiesByQuery;

    /** The session was found so. */
    void status(TransactionStatus found) {
        status = found;
    }

    /** @param next what {@code message} runs; null where that is nothing */
    void after(FrontendMessage message, @Nullable Foreseen next, JudgedSession session, long nanos) {
        switch (message) {
            case FrontendMessage.Parse _ -> session.onBackend(BackendMessage.ParseComplete.INSTANCE, nanos);
            case FrontendMessage.Bind _ -> session.onBackend(BackendMessage.BindComplete.INSTANCE, nanos);
            case FrontendMessage.Close _ -> session.onBackend(BackendMessage.CloseComplete.INSTANCE, nanos);
            case FrontendMessage.Describe describe -> {
                if (describe.target() == FrontendMessage.Target.STATEMENT) {
                    session.onBackend(new BackendMessage.ParameterDescription(new int[0]), nanos);
                }
                session.onBackend(BackendMessage.NoData.INSTANCE, nanos);
            }
            case FrontendMessage.Query _ -> {
                run(next, true, session, nanos);
                if (!copies) {
                    ready(session, nanos);
                }
            }
            case FrontendMessage.Execute _ -> run(next, false, session, nanos);
            case FrontendMessage.FunctionCall _ -> {
                session.onBackend(new BackendMessage.FunctionCallResponse(-1), nanos);
                ready(session, nanos);
            }
            case FrontendMessage.Sync _ -> ready(session, nanos);
            case FrontendMessage.CopyDone _, FrontendMessage.CopyFail _ -> {
                if (copies) {
                    copies = false;
                    session.onBackend(new BackendMessage.CommandComplete("COPY 0"), nanos);
                    if (copiesByQuery) {
                        ready(session, nanos);
                    }
                }
            }
            case FrontendMessage.CopyData _,
                    FrontendMessage.Flush _,
                    FrontendMessage.Terminate _,
                    FrontendMessage.Authentication _,
                    FrontendMessage.SaslInitialResponse _,
                    FrontendMessage.Unknown _,
                    FrontendMessage.Malformed _ -> {}
        }
    }

    private void run(@Nullable Foreseen next, boolean query, JudgedSession session, long nanos) {
        List<SqlStatement> statements = next == null ? List.of() : next.statements();
        if (statements.isEmpty()) {
            session.onBackend(BackendMessage.EmptyQueryResponse.INSTANCE, nanos);
        }
        for (SqlStatement statement : statements) {
            switch (statement.kind()) {
                case BEGIN -> status = TransactionStatus.IN_TRANSACTION;
                case COMMIT, ROLLBACK, PREPARE_TRANSACTION -> status = TransactionStatus.IDLE;
                default -> {
                    // It leaves the transaction as it was.
                }
            }
            if (isCopyIn(statement)) {
                copies = true;
                copiesByQuery = query;
                session.onBackend(new BackendMessage.CopyInResponse(CopyFormat.TEXT, 0), nanos);
                return;
            }
            session.onBackend(new BackendMessage.CommandComplete(statement.command()), nanos);
        }
    }

    private static boolean isCopyIn(SqlStatement statement) {
        CopyClause copy = statement.copy();
        return copy != null && copy.target() == CopyClause.Target.STDIN;
    }

    private void ready(JudgedSession session, long nanos) {
        session.onBackend(new BackendMessage.ReadyForQuery(status), nanos);
    }
}
