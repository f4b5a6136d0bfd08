package io.pgweir.audit;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** A line a session, when it has ended, in pgweir's own log: for whoever reads logs and not records. Any thread. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.pgweir.access");

    private AccessLog() {}

    static void onEnd(Origin origin, EndFacts end, SessionTotals totals) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        LoggingEventBuilder line = LOG.atInfo().addKeyValue("sessionId", origin.session());
        line = add(line, "user", origin.user());
        line = add(line, "database", origin.database());
        line = add(line, "application", origin.application());
        line = add(
                line,
                "client",
                hostPort(origin.client().address(), origin.client().port()));
        line = add(line, "listener", origin.client().listener());
        line = add(line, "cluster", origin.client().cluster());
        ServerFacts server = origin.server();
        line = add(line, "node", server == null ? null : hostPort(server.address(), server.port()));
        TlsFacts tls = origin.tls();
        line = add(line, "tls", tls == null ? null : tls.version());
        line = add(line, "sqlState", end.sqlState());
        line.addKeyValue("cause", end.cause())
                .addKeyValue("durationMillis", TimeUnit.NANOSECONDS.toMillis(totals.durationNanos()))
                .addKeyValue("statements", totals.executions())
                .addKeyValue("errors", totals.errors())
                .addKeyValue("rows", totals.rows())
                .addKeyValue("transactions", totals.transactions())
                .addKeyValue("bytesFromClient", end.bytesFromClient())
                .addKeyValue("bytesFromServer", end.bytesFromServer())
                .log("Session ended");
    }

    private static LoggingEventBuilder add(LoggingEventBuilder line, String key, @Nullable String value) {
        return value == null ? line : line.addKeyValue(key, printable(value));
    }

    private static String hostPort(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** A client names itself as it likes, and must not write lines of its own. */
    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            char letter = clean.charAt(i);
            if (Character.isISOControl(letter) || letter == '"' || letter == '\u2028' || letter == '\u2029') {
                clean.setCharAt(i, '?');
            }
        }
        return clean.toString();
    }
}
