package io.pgweir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgweir.testing.NotifySocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive that is shipped, unpacked as docs/systemd.md says. */
@Timeout(600)
class DistributionIT {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root"));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofSeconds(400);

    @TempDir
    private static Path dir;

    private static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        try (var archives = Files.newDirectoryStream(ROOT.resolve("agent/target"), "pgweir-*.tar.gz")) {
            Path archive = archives.iterator().next();
            assertThat(run("tar", "-xzf", archive.toString(), "-C", dir.toString()))
                    .isEmpty();
            String name = archive.getFileName().toString();
            home = dir.resolve(name.substring(0, name.length() - ".tar.gz".length()));
        }
    }

    /** What it says, both ways, when it ends well. */
    private static String run(String... command) throws Exception {
        return run(LONG, command);
    }

    private static String run(Duration within, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGWEIR_JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(within.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    @Test
    void everythingIsWhereADistributionOfLinuxHasIt() {
        assertThat(List.of(
                        "LICENSE",
                        "bin/pgweir",
                        "etc/pgweir/pgweir.yaml",
                        "lib/pgweir/pgweir.jar",
                        "lib/pgweir/Train.java",
                        "lib/pgweir/native/libnetty_transport_native_epoll_x86_64.so",
                        "lib/pgweir/native/libnetty_transport_native_epoll_aarch_64.so",
                        "lib/pgweir/native/libnetty_tcnative_linux_x86_64.so",
                        "lib/pgweir/native/libnetty_tcnative_linux_aarch_64.so",
                        "lib/systemd/system/pgweir.service",
                        "lib/sysusers.d/pgweir.conf",
                        "share/doc/pgweir/configuration.md",
                        "share/pgweir/grafana/pgweir.json",
                        "share/pgweir/rules/attack.yaml",
                        "share/pgweir/schemas/config.v1.json"))
                .allSatisfy(file -> assertThat(home.resolve(file)).isRegularFile());
    }

    @Test
    void aLinkFromThePathStartsItAndTheShippedConfigurationIsGood() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("pgweir-link"), home.resolve("bin/pgweir"));

        assertThat(run(link.toString(), "version")).contains("pgweir      ").contains("tls         BoringSSL");
        // The directories are the unit's.
        String shipped = Files.readString(home.resolve("etc/pgweir/pgweir.yaml"))
                .replace("/var/lib/pgweir", dir.toString())
                .replace("/var/log/pgweir", dir.toString());
        Path config = Files.writeString(dir.resolve("shipped.yaml"), shipped);
        assertThat(run(link.toString(), "config", "check", config.toString())).startsWith("ok: ");
    }

    /** As the unit starts it, then with a cache made by the program that the archive brings. */
    @Test
    void itListensAlsoWithAnAotCacheOfItsOwn() throws Exception {
        startsAndStops(List.of());

        Path cache = dir.resolve("pgweir.aot");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String trained = run(
                java,
                home.resolve("lib/pgweir/Train.java").toString(),
                cache.toString(),
                home.resolve("bin/pgweir").toString());
        assertThat(trained).contains(cache + ": ");
        // Whatever does not fit stops the JVM, for once.
        startsAndStops(List.of("PGWEIR_AOT_CACHE=" + cache, "PGWEIR_JAVA_OPTS=-XX:AOTMode=on"));
    }

    private void startsAndStops(List<String> environment) throws IOException, InterruptedException {
        Path notify = dir.resolve("notify");
        Path config = Files.writeString(dir.resolve("pgweir.yaml"), """
                clusters: {c: {nodes: ["127.0.0.1:1"]}}
                listeners: [{name: l, listen: "127.0.0.1:0", cluster: c}]
                audit: {spool: {dir: spool}, sinks: [{file: {path: audit.ndjson}}]}
                """);
        try (NotifySocket socket = new NotifySocket(notify.toString())) {
            Path log = dir.resolve("log");
            ProcessBuilder command = new ProcessBuilder(
                            home.resolve("bin/pgweir").toString(), "run", "--config", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            command.environment().put("PGWEIR_JAVA_HOME", System.getProperty("java.home"));
            command.environment().put("NOTIFY_SOCKET", notify.toString());
            for (String variable : environment) {
                String[] pair = variable.split("=", 2);
                command.environment().put(pair[0], pair[1]);
            }
            Process agent = command.start();
            try {
                assertThat(socket.receive(SOON)).startsWith("READY=1\n");
                assertThat(Files.readString(log)).contains("Listening");
                boolean _ = agent.toHandle().destroy();
                assertThat(agent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(agent.exitValue()).isEqualTo(ExitCode.OK);
            } finally {
                agent.destroyForcibly().waitFor();
            }
        }
        Files.delete(notify);
    }

    @Test
    void systemdFindsNoFaultWithTheUnit() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
                "NOT TESTED: the unit of systemd, for there is no systemd-analyze");
        String unit = Files.readString(home.resolve("lib/systemd/system/pgweir.service"));
        Path copy = Files.writeString(
                dir.resolve("pgweir.service"), unit.replace("ExecStart=/opt/pgweir", "ExecStart=" + home));

        assertThat(run("systemd-analyze", "verify", copy.toString())).doesNotContain("pgweir");
        assertThat(run("systemd-analyze", "security", "--offline=true", "--threshold=25", copy.toString()))
                .contains("Overall exposure level");
    }
}
