package io.pgweir.auth.jdbc;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.RoleSource;
import io.pgweir.config.AuthConfig;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server for a role's verifier, over one connection that stays open, with a search path that holds PostgreSQL's own schema
 * only (CVE-2025-12819). Any node knows all roles, a standby too.
 *
 * <p>Any thread that may wait; one at a time, the others for no longer than the timeout.
 */
public final class QuerySource implements RoleSource {
    private static final Logger log = LoggerFactory.getLogger(QuerySource.class);
    private static final String PIN = "set search_path = pg_catalog";
    private static final String USER = "$1";

    private final JdbcLogin login;
    private final Supplier<List<JdbcLogin.Place>> nodes;
    private final String sql;
    private final int users;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private boolean closed;

    /** @param nodes to connect to, the best first; asked whenever a connection is needed */
    public QuerySource(AuthConfig.Query config, JdbcLogin login, Supplier<List<JdbcLogin.Place>> nodes) {
        this.login = login;
        this.nodes = nodes;
        this.users = config.sql().split("\\Q" + USER + "\\E(?![0-9])", -1).length - 1;
        this.sql = config.sql().replaceAll("\\Q" + USER + "\\E(?![0-9])", "?");
        this.timeout = config.timeout();
    }

    @Override
    public Lookup read(String user, String database) throws InterruptedException {
        if (!lock.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            return new Lookup.Unavailable(
                    "no answer within " + timeout.toMillis() + " ms: the lookups before it take longer");
        }
        try {
            boolean before = connection != null;
            try {
                return ask(user);
            } catch (SQLException | IOException fault) {
                // A connection that had grown old says nothing of the servers: one more try, on a new one.
                if (before && connection == null) {
                    return ask(user);
                }
                throw fault;
            }
        } catch (SQLException | IOException fault) {
            return new Lookup.Unavailable("verifiers query: " + fault.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private Lookup ask(String user) throws SQLException, IOException {
        Connection open = connection();
        try (PreparedStatement statement = open.prepareStatement(sql)) {
            for (int i = 1; i <= users; i++) {
                statement.setString(i, user);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return answer(user, rows);
            }
        } catch (SQLException fault) {
            // Class 42 is the statement's fault, and the connection is as good as before.
            if (fault.getSQLState() == null || !fault.getSQLState().startsWith("42")) {
                disconnect();
            }
            throw fault;
        }
    }

    /** Name and secret; what else there may be, such as until when it is valid, is for servers to judge. */
    private static Lookup answer(String user, ResultSet rows) throws SQLException {
        if (!rows.next()) {
            return new Lookup.Absent();
        }
        if (!user.equals(rows.getString(1))) {
            return new Lookup.Unavailable(
                    "verifiers query: a row of another role (expected: the role's that was asked for)");
        }
        String secret = rows.getString(2);
        if (rows.next()) {
            return new Lookup.Unavailable("verifiers query: two rows (expected: at most one)");
        }
        return new Lookup.Found(new KnownRole(user, secret == null ? null : secret(user, secret)));
    }

    /** Null for a malformed one, which lets nobody in, as with PostgreSQL. */
    private static @Nullable RoleSecret secret(String user, String text) {
        try {
            return RoleSecret.of(text);
        } catch (IllegalArgumentException malformed) {
            log.atWarn()
                    .addKeyValue("role", user)
                    .addKeyValue("reason", malformed.getMessage())
                    .log("A role's verifier is malformed");
            return null;
        }
    }

    private Connection connection() throws SQLException, IOException {
        Connection open = connection;
        if (open != null) {
            return open;
        }
        SQLException last = null;
        for (JdbcLogin.Place node : closed ? List.<JdbcLogin.Place>of() : nodes.get()) {
            try {
                open = login.connect(node);
                prepare(open);
                connection = open;
                return open;
            } catch (SQLException fault) {
                last = fault;
            }
        }
        throw last != null ? last : new SQLException("no node to ask");
    }

    private void prepare(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute(PIN);
        } catch (SQLException fault) {
            open.close();
            throw fault;
        }
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        JdbcLogin.close(open);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            disconnect();
        } finally {
            lock.unlock();
        }
    }
}
