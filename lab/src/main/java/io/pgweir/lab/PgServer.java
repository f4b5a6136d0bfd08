package io.pgweir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One real PostgreSQL server on 127.0.0.1, in a directory of its own that {@link #close} deletes; or elsewhere, where the
 * system property {@value PgProvider#PROPERTY} names a {@link PgProvider}.
 *
 * <pre>{@code
 * try (PgServer server = PgServer.builder().major(16).setting("log_statement", "all").start()) {
 *     server.query("select 1");
 * }
 * }</pre>
 *
 * The server dies with this JVM, however it ends: a small shell holds the other end of a pipe, and the end of that pipe
 * means an immediate stop and a deleted directory. Methods may be called from any thread, one at a time.
 */
public final class PgServer implements AutoCloseable {

    /**
     * Runs the server, passes on the signal it reads, and takes the end of its input for the end of the JVM. Signals to
     * the whole process group (Ctrl-C in a terminal) are none of its business: whoever waits for it would wait in vain.
     */
    private static final String KEEPER = """
            trap '' INT HUP TERM
            dir=$1; shift; exec 3<&0
            "$@" </dev/null & server=$!
            ( if read -r signal <&3; then kill -"$signal" $server; else : >"$dir/orphan"; kill -QUIT $server; fi ) & watch=$!
            exec 3<&-; wait $server; code=$?
            kill -KILL $watch 2>/dev/null
            [ -e "$dir/orphan" ] && rm -rf "$dir"
            exit $code
            """;

    private static final int START_SECONDS_MAX = 60;
    private static final int PORT_TRIES_MAX = 20;
    private static final Set<PgServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(PgServer::close), "pg-server-close"));
    }

    private final int major;
    private final Path dir;
    private final PgProvider.@Nullable Instance provided;
    private int port;
    private @Nullable Process keeper;

    private PgServer(int major, Path dir) {
        this.major = major;
        this.dir = dir;
        this.provided = null;
    }

    private PgServer(int major, PgProvider.Instance provided) {
        this.major = major;
        this.dir = Path.of("");
        this.provided = provided;
        this.port = provided.port();
    }

    /** A server that starts as it is: PostgreSQL 18, everybody trusted, no TLS. */
    public static Builder builder() {
        return new Builder();
    }

    public int major() {
        return major;
    }

    public String host() {
        return provided == null ? "127.0.0.1" : provided.host();
    }

    public int port() {
        return port;
    }

    /** Database {@code postgres} as user {@code postgres}, without TLS; append {@code &key=value} as needed. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host() + ":" + port + "/postgres?user=postgres&sslmode=disable";
    }

    /** A connection as a superuser whom this server trusts whatever its hba lines say. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host() + ":" + port + "/postgres?user="
                + PgBinaries.ADMIN + "&sslmode=disable&connectTimeout=10");
    }

    /** Runs one or more statements as superuser; the first column of the first row of the first result, else null. */
    public @Nullable String query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return null;
            }
            ResultSet result = statement.getResultSet();
            return result.next() ? result.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** What the server has written to its standard error so far. */
    public String log() {
        return provided == null ? read(dir.resolve("log")) : provided.log();
    }

    /** A streaming standby of this server, made by an online backup, with the same settings. */
    public PgServer replica(String name) {
        if (provided != null) {
            throw new UnsupportedOperationException("a standby (expected: " + PgProvider.PROPERTY + "=embedded)");
        }
        try {
            Path target = Files.createTempDirectory("pgweir-pg");
            var replica = new PgServer(major, target);
            backup(name, target.resolve("data"));
            Files.writeString(
                    target.resolve("data/postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=" + PgBinaries.ADMIN
                            + " application_name=" + name + "'\n");
            Files.writeString(target.resolve("data/standby.signal"), "");
            replica.launch();
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a standby a primary; returns when it accepts writes. */
    public void promote() {
        query("select pg_promote(true, 60)");
    }

    /** When the JVM ends meanwhile, its hook waits here until the directory is gone. */
    @Override
    public synchronized void close() {
        if (provided != null) {
            provided.close();
            return;
        }
        stop();
        try {
            Trees.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RUNNING.remove(this);
    }

    /** As a crash; through the keeper, which alone may signal the server. */
    private void stop() {
        Process running = keeper;
        if (running == null || !running.isAlive()) {
            return;
        }
        try (var control = running.outputWriter()) {
            control.write("QUIT\n");
        } catch (IOException gone) {
            running.destroy();
        }
        running.onExit().join();
        keeper = null;
    }

    private void launch() throws IOException {
        for (int tries = 1; ; tries++) {
            port = freePort();
            var command = new ArrayList<>(List.of("sh", "-c", KEEPER, "keeper", dir.toString()));
            command.addAll(PgBinaries.asOrdinaryUser());
            command.addAll(List.of(PgBinaries.home(major) + "/bin/postgres", "-D", dir + "/data", "-p", port + ""));
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()));
            builder.environment().put("LC_ALL", "C.UTF-8");
            keeper = builder.start();
            RUNNING.add(this);
            if (awaitReady(keeper)) {
                return;
            }
            if (tries == PORT_TRIES_MAX || !log().contains("could not bind")) {
                String log = log();
                close();
                throw new IOException("the server did not start: " + log);
            }
        }
    }

    /** False when the server ended; the last line of its pid file says when it accepts connections. */
    private boolean awaitReady(Process process) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        Path pidFile = dir.resolve("data/postmaster.pid");
        try {
            while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
                List<String> lines = Files.exists(pidFile) ? Files.readAllLines(pidFile) : List.of();
                if (lines.size() >= 8 && lines.get(7).strip().equals("ready")) {
                    return true;
                }
                if (System.nanoTime() > deadline) {
                    stop();
                    return false;
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server started", e);
        }
    }

    /** A base backup without pg_basebackup; the WAL that it needs comes by streaming (wal_keep_size). */
    private void backup(String name, Path target) throws IOException {
        boolean before15 = major < 15;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    before15
                            ? "select pg_start_backup('" + name + "', true, false)"
                            : "select pg_backup_start('" + name + "', true)");
            Trees.copy(dir.resolve("data"), target, PgServer::belongsToBackup);
            try (ResultSet result = statement.executeQuery(
                    before15 ? "select * from pg_stop_backup(false, false)" : "select * from pg_backup_stop(false)")) {
                result.next();
                Files.writeString(target.resolve("backup_label"), result.getString("labelfile"));
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static boolean belongsToBackup(String file) {
        return !file.startsWith("postmaster.")
                && !file.startsWith("pg_wal/")
                && !file.startsWith("pg_replslot/")
                && !file.startsWith("pg_dynshmem/")
                && !file.startsWith("pg_notify/")
                && !file.startsWith("pg_stat_tmp/")
                && !file.startsWith("log/");
    }

    /** This port when nobody listens there, else any free one. */
    static int freePort(int preferred) throws IOException {
        return isFree(preferred) ? preferred : freePort();
    }

    /** Below the ephemeral range, so that no outgoing connection takes it between this probe and the server's bind. */
    static int freePort() throws IOException {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (isFree(candidate)) {
                return candidate;
            }
        }
    }

    private static boolean isFree(int port) throws IOException {
        try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (BindException taken) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a server is to be; {@link #start} makes it. */
    public static final class Builder {
        private int major = 18;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> hba = new ArrayList<>();
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path clientCa;

        private Builder() {
            settings.put("listen_addresses", "127.0.0.1");
            settings.put("unix_socket_directories", "");
            settings.put("fsync", "off");
            settings.put("shared_buffers", "16MB");
            settings.put("max_wal_senders", "10");
            settings.put("wal_keep_size", "256MB");
            settings.put("wal_receiver_status_interval", "1s");
            settings.put("hot_standby_feedback", "on");
        }

        /** 14 to 18. */
        public Builder major(int major) {
            this.major = major;
            return this;
        }

        /** A line of postgresql.conf. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Lines of pg_hba.conf instead of "trust everybody"; passwords are the test's to set. */
        public Builder hba(String... lines) {
            hba.addAll(List.of(lines));
            return this;
        }

        /** TLS with these PEM files; a CA makes the server ask for client certificates. */
        public Builder ssl(Path certificate, Path key, @Nullable Path clientCa) {
            this.certificate = certificate;
            this.key = key;
            this.clientCa = clientCa;
            return this;
        }

        public PgServer start() {
            PgProvider provider = PgProvider.chosen();
            return provider == null ? startEmbedded() : new PgServer(major, provider.start(order()));
        }

        private PgProvider.Order order() {
            Map<String, String> all = new LinkedHashMap<>(settings);
            Map<String, Path> files = new LinkedHashMap<>();
            if (certificate != null && key != null) {
                all.put("ssl", "on");
                all.put("ssl_cert_file", "server.crt");
                all.put("ssl_key_file", "server.key");
                files.put("server.crt", certificate);
                files.put("server.key", key);
                if (clientCa != null) {
                    all.put("ssl_ca_file", "root.crt");
                    files.put("root.crt", clientCa);
                }
            }
            return new PgProvider.Order(major, all, hbaLines("all"), files, PgBinaries.ADMIN);
        }

        private PgServer startEmbedded() {
            try {
                Path dir = Files.createTempDirectory("pgweir-pg");
                var server = new PgServer(major, dir);
                Path data = dir.resolve("data");
                Trees.copy(PgBinaries.template(major), data, file -> true);
                if (certificate != null && key != null) {
                    setting("ssl", "on");
                    Files.copy(certificate, data.resolve("server.crt"));
                    Files.copy(key, data.resolve("server.key"));
                    Files.setPosixFilePermissions(
                            data.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
                    if (clientCa != null) {
                        setting("ssl_ca_file", "root.crt");
                        Files.copy(clientCa, data.resolve("root.crt"));
                    }
                }
                var conf = new StringBuilder();
                settings.forEach((name, value) -> conf.append(name)
                        .append(" = '")
                        .append(value.replace("'", "''"))
                        .append("'\n"));
                Files.writeString(data.resolve("postgresql.conf"), conf);
                Files.write(data.resolve("pg_hba.conf"), hbaLines("127.0.0.1/32"));
                server.launch();
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** @param here where {@link PgServer#connect} comes from */
        private List<String> hbaLines(String here) {
            String admin = PgBinaries.ADMIN;
            var lines = new ArrayList<>(List.of(
                    "host all " + admin + " " + here + " trust", "host replication " + admin + " " + here + " trust"));
            lines.addAll(hba.isEmpty() ? List.of("host all all all trust", "host replication all all trust") : hba);
            return lines;
        }
    }
}
