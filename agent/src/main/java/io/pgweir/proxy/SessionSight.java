package io.pgweir.proxy;

import io.pgweir.config.AdminConfig.StatementText;
import io.pgweir.session.UnderWay;
import io.pgweir.sql.SqlStatement;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a session looks from outside. On its event loop. */
final class SessionSight {
    private SessionSight() {}

    static SessionView of(
            Meaning meaning,
            SessionState state,
            StatementText text,
            boolean serverTls,
            long bytesFromClient,
            long bytesFromServer) {
        UnderWay underWay = meaning.isOn() ? meaning.tracker().underWay() : null;
        SqlStatement statement = underWay == null ? meaning.lastStatement() : underWay.statement();
        // Where nothing is under way, the read that ended what was is the last one there was.
        long since = underWay == null ? meaning.nanos() : underWay.startNanos();
        return new SessionView(
                meaning.auditor().origin(),
                null,
                serverTls,
                state,
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)),
                statement == null ? null : shown(statement, text),
                meaning.isOn() ? meaning.tracker().outstanding() : 0,
                meaning.auditor().totals(),
                bytesFromClient,
                bytesFromServer);
    }

    private static SessionView.Statement shown(SqlStatement statement, StatementText text) {
        return new SessionView.Statement(
                statement.fingerprint(),
                statement.statementClass().name().toLowerCase(Locale.ROOT),
                statement.command(),
                text(statement, text));
    }

    private static @Nullable String text(SqlStatement statement, StatementText shown) {
        return switch (shown) {
            case NONE -> null;
            case REDACTED -> statement.redacted();
            case FULL -> statement.withoutSecrets();
        };
    }
}
