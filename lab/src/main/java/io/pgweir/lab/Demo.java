package io.pgweir.lab;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration behind {@code ./pgweir demo}: a real primary and its streaming standby, the real agent in front of
 * the primary as a process of its own whose audit records go straight to this terminal, and a workload through it.
 *
 * <p>Options: {@code --once} ends after the workload, {@code --port N} is where the agent listens (6432, or any free port
 * when that is taken). The system property {@code pgweir.command} is the launcher or the agent's jar.
 */
public final class Demo {

    private static final int PORT = 6432;
    private static final int START_SECONDS_MAX = 60;
    private static final int STOP_SECONDS_MAX = 15;

    private Demo() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        boolean once = List.of(args).contains("--once");
        int asked = List.of(args).indexOf("--port");
        int port = asked < 0 ? PgServer.freePort(PORT) : Integer.parseInt(args[asked + 1]);
        Workload.say("PostgreSQL 18 starts: a primary and a streaming standby");
        try (PgServer primary = PgServer.builder().start();
                PgServer standby = primary.replica("standby")) {
            Workload.say("pgweir listens on 127.0.0.1:" + port + "; its audit records follow as they come");
            Process agent = start(port, primary.port());
            Thread stop = new Thread(() -> stop(agent), "demo-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            awaitListening(agent, port);
            new Workload(primary.host(), port).run();
            if (!once) {
                Workload.say("all of it keeps running; try it yourself, Ctrl-C ends it");
                Workload.say("  psql -h 127.0.0.1 -p " + port + " -U postgres        the primary, through pgweir");
                Workload.say("  psql -h 127.0.0.1 -p " + standby.port() + " -U postgres       the standby, directly");
                agent.waitFor();
            }
            stop(agent);
        }
    }

    private static Process start(int port, int upstream) throws IOException {
        var command = new ArrayList<>(agentCommand());
        command.addAll(List.of(
                "run",
                "--upstream",
                "127.0.0.1:" + upstream,
                "--listen",
                "127.0.0.1:" + port,
                "--audit-format",
                "auto"));
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static List<String> agentCommand() {
        String command = System.getProperty("pgweir.command");
        if (command == null) {
            throw new IllegalStateException(
                    "system property pgweir.command (expected: the launcher or the agent's jar)");
        }
        String java = System.getProperty("java.home") + "/bin/java";
        return command.endsWith(".jar")
                ? List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        command)
                : List.of(command);
    }

    private static void awaitListening(Process agent, int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        @Nullable IOException last = null;
        while (System.nanoTime() < deadline) {
            try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (probe.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                last = notYet;
            }
            if (agent.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException("the agent ended with exit code " + agent.exitValue());
            }
        }
        throw last == null ? new InterruptedIOException("the agent does not listen") : last;
    }

    private static void stop(Process agent) {
        agent.destroy();
        try {
            if (!agent.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                agent.destroyForcibly();
            }
        } catch (InterruptedException e) {
            agent.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
