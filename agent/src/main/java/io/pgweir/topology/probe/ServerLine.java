package io.pgweir.topology.probe;

import io.pgweir.auth.jdbc.JdbcLogin;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Told;
import io.pgweir.topology.Answer.Why;
import io.pgweir.topology.Member;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The monitor's connection to one server, opened anew after each failure. What the login may not see is asked for once a
 * connection, and then not known.
 *
 * <p>Thread: one at a time.
 */
final class ServerLine {
    /**
     * CASE asks only what the server can answer in its state. The file name of the WAL begins with the timeline: after a
     * promotion the control file tells the old one until the next checkpoint.
     */
    private static final String POSITION = """
            select r as in_recovery,
                   case when r then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0'::pg_lsn as lsn,
                   case when r then pg_last_wal_receive_lsn() is not null else false end as streaming,
                   case when r then (extract(epoch from
                       clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint end as replay_age,
                   case when not r then left(pg_walfile_name(pg_current_wal_lsn()), 8) end as timeline
            from pg_is_in_recovery() r""";

    private static final String CONTROL = """
            select s.system_identifier::text, greatest(c.timeline_id, r.min_recovery_end_timeline)
            from pg_control_system() s, pg_control_checkpoint() c, pg_control_recovery() r""";

    private static final String STANDBYS =
            "select application_name, sync_state in ('sync', 'quorum') from pg_stat_replication";

    private static final String RECEIVER = "select received_tli, conninfo from pg_stat_wal_receiver";

    /** As libpq writes connection strings: quoted where there is a blank, with backslashes before quotes and backslashes. */
    private static final Pattern NAME =
            Pattern.compile("\\b(fallback_)?application_name=(?:'((?:[^'\\\\]|\\\\.)*)'|((?:[^'\\s\\\\]|\\\\.)+))");

    private static final int CAUSES_MAX = 10;

    private final JdbcLogin login;
    private final Member member;
    private @Nullable Connection connection;
    private boolean mayAskControl;
    private boolean mayAskReplication;

    ServerLine(JdbcLogin login, Member member) {
        this.login = login;
        this.member = member;
    }

    synchronized Answer ask() {
        boolean before = connection != null;
        Answer answer = askOnce();
        // A connection that had grown old says nothing of the server: one more try, on a new one.
        return before && connection == null ? askOnce() : answer;
    }

    private Answer askOnce() {
        try {
            Connection open = connection;
            if (open == null) {
                open = login.connect(new JdbcLogin.Place(member.address(), member.at()));
                connection = open;
                mayAskControl = true;
                mayAskReplication = true;
            }
            return told(open);
        } catch (SQLException failure) {
            close();
            return new Silent(why(failure), text(failure));
        } catch (IOException noFile) {
            close();
            return new Silent(Why.BLIND, String.valueOf(noFile.getMessage()));
        }
    }

    synchronized void close() {
        Connection open = connection;
        connection = null;
        JdbcLogin.close(open);
    }

    private Told told(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            boolean inRecovery;
            long lsn;
            boolean streaming;
            long replayAgeNanos;
            int timeline = 0;
            try (ResultSet row = statement.executeQuery(POSITION)) {
                row.next();
                inRecovery = row.getBoolean("in_recovery");
                lsn = row.getLong("lsn");
                lsn = row.wasNull() ? -1 : lsn;
                streaming = row.getBoolean("streaming");
                long micros = row.getLong("replay_age");
                replayAgeNanos = row.wasNull() ? -1 : Math.max(0, micros) * 1000;
                String hex = row.getString("timeline");
                timeline = hex == null ? 0 : Integer.parseUnsignedInt(hex, 16);
            }
            Control control = mayAskControl ? control(statement) : Control.UNKNOWN;
            Map<String, Boolean> standbys = new HashMap<>();
            String standbyName = null;
            if (mayAskReplication && inRecovery) {
                try (ResultSet row = statement.executeQuery(RECEIVER)) {
                    if (row.next()) {
                        timeline = Math.max(timeline, row.getInt(1));
                        standbyName = name(row.getString(2));
                    }
                } catch (SQLException refused) {
                    mayAskReplication = false;
                    throwUnlessForbidden(refused);
                }
            } else if (mayAskReplication) {
                readStandbys(statement, standbys);
            }
            return new Told(
                    inRecovery,
                    inRecovery || timeline == 0 ? Math.max(timeline, control.timeline()) : timeline,
                    control.systemIdentifier(),
                    lsn,
                    streaming,
                    replayAgeNanos,
                    standbys,
                    standbyName);
        }
    }

    private record Control(@Nullable String systemIdentifier, int timeline) {
        static final Control UNKNOWN = new Control(null, 0);
    }

    private Control control(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(CONTROL)) {
            return row.next() ? new Control(row.getString(1), row.getInt(2)) : Control.UNKNOWN;
        } catch (SQLException refused) {
            mayAskControl = false;
            throwUnlessForbidden(refused);
            return Control.UNKNOWN;
        }
    }

    /** A name that two standbys share says nothing of either. */
    private void readStandbys(Statement statement, Map<String, Boolean> standbys) throws SQLException {
        try (ResultSet row = statement.executeQuery(STANDBYS)) {
            while (row.next()) {
                String name = row.getString(1);
                boolean waitedFor = row.getBoolean(2);
                if (name != null && standbys.putIfAbsent(name, waitedFor) != null) {
                    standbys.put(name, false);
                }
            }
        } catch (SQLException refused) {
            mayAskReplication = false;
            throwUnlessForbidden(refused);
        }
    }

    static @Nullable String name(@Nullable String conninfo) {
        if (conninfo == null) {
            return null;
        }
        String fallback = null;
        Matcher match = NAME.matcher(conninfo);
        while (match.find()) {
            String quoted = match.group(2);
            String name = (quoted == null ? match.group(3) : quoted).replaceAll("\\\\(.)", "$1");
            if (match.group(1) == null) {
                return name;
            }
            fallback = name;
        }
        return fallback;
    }

    /** Managed services forbid some of it, or do not have it. */
    private static void throwUnlessForbidden(SQLException failure) throws SQLException {
        String state = failure.getSQLState();
        if (state == null || !(state.startsWith("42") || state.equals("0A000"))) {
            throw failure;
        }
    }

    /** Where no connection came about, the network speaks against the server; a file or a certificate of ours does not. */
    private static Why why(SQLException failure) {
        String state = failure.getSQLState();
        if (state != null && state.startsWith("57P")) {
            return Why.NOT_READY;
        }
        boolean connecting = state == null || state.startsWith("08");
        return connecting && isOfTheNetwork(failure) ? Why.UNREACHABLE : Why.BLIND;
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < CAUSES_MAX; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return !(cause instanceof SSLException);
            }
            depth++;
        }
        return false;
    }

    private static String text(SQLException failure) {
        String line = String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " ");
        return line + (failure.getSQLState() == null ? "" : " (" + failure.getSQLState() + ")");
    }
}
