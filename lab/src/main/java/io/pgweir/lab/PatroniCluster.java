package io.pgweir.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Three real Patroni members over one real etcd on 127.0.0.1, of what the system has installed (Debian: {@code patroni
 * etcd-server postgresql}). Members are {@code n0} to {@code n2}; the last has the tag noloadbalance. User {@code postgres} has
 * the password {@code pw}.
 *
 * <p>All of it runs as user {@code postgres} where this JVM is root's, and ends with this JVM, however that ends: a small shell
 * waits for the end of a pipe. Methods may be called from any thread, one at a time.
 */
public final class PatroniCluster implements AutoCloseable {
    public static final int MEMBERS = 3;

    /** Passes the end of its input on as a termination; Patroni then stops its server. */
    private static final String KEEPER = """
            exec 3<&0
            "$@" </dev/null 3<&- & run=$!
            (cat <&3 >/dev/null; kill -TERM $run) & watch=$!
            exec 3<&-; wait $run; kill $watch""";

    private static final int STOP_SECONDS_MAX = 60;

    private final Path dir;
    private final int[] ports = new int[MEMBERS];
    private final int[] apiPorts = new int[MEMBERS];
    private final List<Process> running = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    private PatroniCluster(Path dir) {
        this.dir = dir;
    }

    /** Empty where something is missing. */
    public static Optional<Path> installed() {
        Path postgres = Path.of("/usr/lib/postgresql");
        if (!Files.isExecutable(Path.of("/usr/bin/patroni"))
                || !Files.isExecutable(Path.of("/usr/bin/etcd"))
                || !Files.isDirectory(postgres)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(postgres)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .sorted()
                    .reduce((earlier, later) -> later);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when the processes run; who leads is for Patroni to find out. */
    public static PatroniCluster start() {
        Path bin = installed().orElseThrow();
        try {
            PatroniCluster cluster = new PatroniCluster(Files.createTempDirectory("pgweir-patroni"));
            cluster.launch(bin);
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port(int member) {
        return ports[member];
    }

    public List<URI> urls() {
        List<URI> urls = new ArrayList<>();
        for (int port : apiPorts) {
            urls.add(URI.create("http://127.0.0.1:" + port));
        }
        return urls;
    }

    /** The first column of the first row, as superuser; null where there is none. */
    public @Nullable String query(int member, String sql) {
        String url = "jdbc:postgresql://127.0.0.1:" + ports[member]
                + "/postgres?user=postgres&password=pw&sslmode=disable&connectTimeout=10";
        try (Connection connection = DriverManager.getConnection(url);
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

    /** Returns when Patroni says that it is done. */
    public void switchover(int from, int to) {
        try {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPorts[from] + "/switchover"))
                            .timeout(Duration.ofMinutes(1))
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"leader\": \"n" + from + "\", \"candidate\": \"n" + to + "\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("switchover: " + response.statusCode() + " " + response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops or continues what replays a standby's WAL: Patroni would undo {@code pg_wal_replay_pause()}. */
    public void freezeReplay(int member, boolean frozen) {
        String pid = query(member, "select pid from pg_stat_activity where backend_type = 'startup'");
        run("kill", frozen ? "-STOP" : "-CONT", String.valueOf(pid));
    }

    /** What a member's Patroni has written so far. */
    public String log(int member) {
        try {
            return Files.readString(dir.resolve("n" + member + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Process process : running.reversed()) {
            try {
                process.outputWriter().close();
                if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                }
            } catch (IOException gone) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        client.close();
        try {
            Trees.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch(Path bin) throws IOException {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (isRoot()) {
            run("chown", "postgres:", dir.toString());
        }
        int etcd = PgServer.freePort();
        int peers = PgServer.freePort();
        String address = "http://127.0.0.1:";
        spawn(
                "etcd",
                List.of(
                        "/usr/bin/etcd",
                        "--name=e0",
                        "--data-dir=" + dir.resolve("etcd"),
                        "--enable-v2=true",
                        "--unsafe-no-fsync",
                        "--listen-client-urls=" + address + etcd,
                        "--advertise-client-urls=" + address + etcd,
                        "--listen-peer-urls=" + address + peers,
                        "--initial-advertise-peer-urls=" + address + peers,
                        "--initial-cluster=e0=" + address + peers));
        for (int member = 0; member < MEMBERS; member++) {
            ports[member] = PgServer.freePort();
            apiPorts[member] = PgServer.freePort();
            Path file = dir.resolve("n" + member + ".yml");
            Files.writeString(file, configuration(member, etcd, bin));
            spawn("n" + member, List.of("/usr/bin/patroni", file.toString()));
        }
    }

    private void spawn(String name, List<String> command) throws IOException {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        all.addAll(List.of("sh", "-c", KEEPER, "keeper"));
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(name + ".log").toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        running.add(builder.start());
    }

    private String configuration(int member, int etcd, Path bin) {
        return """
                scope: lab
                namespace: /service/
                name: n%1$d
                restapi: {listen: "127.0.0.1:%2$d", connect_address: "127.0.0.1:%2$d"}
                etcd: {hosts: "127.0.0.1:%3$d"}
                bootstrap:
                  dcs:
                    ttl: 20
                    loop_wait: 2
                    retry_timeout: 5
                    postgresql:
                      use_pg_rewind: true
                      parameters: {wal_level: replica, hot_standby: "on", max_wal_senders: 10, max_replication_slots: 10,
                        fsync: "off", shared_buffers: 16MB, wal_keep_size: 256MB, wal_log_hints: "on"}
                  initdb: [{encoding: UTF8}, {locale: C}, no-sync]
                  pg_hba: ["host all all 127.0.0.1/32 scram-sha-256", "host replication all 127.0.0.1/32 scram-sha-256",
                    "local all all trust"]
                postgresql:
                  listen: 127.0.0.1:%4$d
                  connect_address: 127.0.0.1:%4$d
                  data_dir: %5$s/n%1$d
                  bin_dir: %6$s
                  pgpass: %5$s/pgpass%1$d
                  basebackup: [{checkpoint: fast}, no-sync]
                  authentication: {superuser: {username: postgres, password: pw}, replication: {username: repl, password: pw},
                    rewind: {username: rew, password: pw}}
                  parameters: {unix_socket_directories: "%5$s"}
                tags: {noloadbalance: %7$b}
                """.formatted(member, apiPorts[member], etcd, ports[member], dir, bin, member == MEMBERS - 1);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(String... command) {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": exit code " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
