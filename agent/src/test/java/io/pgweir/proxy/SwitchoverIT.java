package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgweir.config.BalanceConfig;
import io.pgweir.config.BalanceConfig.Strategy;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.DrainConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.PatroniConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.lab.PatroniCluster;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Patroni, switched over under load on both listeners: who stays notices nothing, who must move hears so in the protocol,
 * and nothing is written where it is thrown away. Only {@code bench/switchover} runs it.
 */
class SwitchoverIT {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchoverIT.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int ROUNDS = Integer.getInteger("pgweir.switchover.rounds", 0);

    /** Writers go past pgweir, to whoever takes writes: what is lost then, Patroni and PostgreSQL have lost. */
    private static final boolean DIRECT = Boolean.getBoolean("pgweir.switchover.direct");

    private static final int WRITERS = 4;
    private static final int READERS = 4;
    private static final int ATTEMPTS_MAX = 5;
    private static final int TRANSACTIONS_A_SESSION = 200;

    @TempDir
    Path directory;

    /** What clients saw. */
    private final Set<Long> committed = ConcurrentHashMap.newKeySet();

    private final Map<String, AtomicLong> ends = new ConcurrentSkipListMap<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong readerFailures = new AtomicLong();
    private final AtomicLong lastCommitNanos = new AtomicLong();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void whoStaysNoticesNothingAndWhoMovesIsTold() throws Exception {
        boolean installed = PatroniCluster.installed().isPresent();
        if (!installed) {
            LOG.error("NO REAL SWITCHOVER IS TESTED: patroni, etcd or postgresql is not installed");
        }
        assumeTrue(installed, "patroni, etcd-server and postgresql of Debian are not installed");
        assumeTrue(ROUNDS > 0, "run by bench/switchover");
        try (PatroniCluster patroni = PatroniCluster.start();
                RunningAgent agent = agent(patroni)) {
            int leader = leader(patroni);
            int stays = leader == 1 ? 0 : 1;
            awaitWhole(patroni, leader);
            patroni.query(leader, "create table load(id bigint primary key)");
            List<PgWire> readers = readers(agent, patroni, stays);
            List<Thread> load = new ArrayList<>();
            readers.forEach(reader -> load.add(Thread.ofVirtual().start(() -> read(reader))));
            for (int i = 0; i < WRITERS; i++) {
                load.add(Thread.ofVirtual().start(() -> write(agent, patroni)));
            }
            List<Long> gaps = new ArrayList<>();
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    // When
                    int to = 3 - leader - stays;
                    gaps.add(switchover(patroni, leader, to));
                    awaitWhole(patroni, to);
                    leader = to;
                }
            } finally {
                over.set(true);
                for (Thread thread : load) {
                    thread.join();
                }
                readers.forEach(PgWire::close);
            }

            // Then
            LOG.atInfo()
                    .addKeyValue("switchovers", ROUNDS)
                    .addKeyValue("commits", committed.size())
                    .addKeyValue("ends", ends)
                    .addKeyValue("reads", reads)
                    .addKeyValue("readerFailures", readerFailures)
                    .addKeyValue("firstCommitMillis", gaps)
                    .log("Switched over under load");
            assertThat(readerFailures).hasValue(0);
            assertThat(reads.get()).isPositive();
            Set<Long> lost = new TreeSet<>(committed);
            lost.removeAll(kept(patroni, leader));
            assertThat(lost).as("acknowledged, and not there").isEmpty();
            // A server that stops may close on a client that it has not let in without a word, and so does pgweir then.
            assertThat(ends.keySet())
                    .noneMatch(how -> how.endsWith("25006") || (how.endsWith("torn") && !how.startsWith("refused")));
            assertThat(gaps).allMatch(millis -> millis <= POLL.toMillis() + 1000);
        }
    }

    private RunningAgent agent(PatroniCluster patroni) throws IOException {
        Path password = Files.writeString(directory.resolve("pw"), "pw");
        return RunningAgent.builder()
                .cluster(
                        new ClusterConfig(
                                List.of(),
                                new PatroniConfig(patroni.urls(), POLL, Duration.ofSeconds(5), null, null, null),
                                null,
                                RunningAgent.NO_SERVER_TLS,
                                Duration.ofSeconds(2),
                                new MonitorConfig(
                                        "postgres",
                                        new SecretConfig(password, null),
                                        "postgres",
                                        POLL,
                                        Duration.ofSeconds(5)),
                                null,
                                BalanceConfig.of(Strategy.LEAST_CONNECTIONS),
                                null,
                                null,
                                DrainConfig.DEFAULT),
                        ClusterIT.listener("rw", List.of(Role.LEADER)),
                        ClusterIT.listener("ro", List.of(Role.SYNC, Role.ASYNC)))
                .start();
    }

    /** The first is found by asking all: Patroni has just begun. */
    private static int leader(PatroniCluster patroni) {
        return await().atMost(LONG)
                .ignoreExceptions()
                .until(
                        () -> {
                            for (int i = 0; i < PatroniCluster.MEMBERS; i++) {
                                if (answers(patroni, i, "select not pg_is_in_recovery()")) {
                                    return i;
                                }
                            }
                            return -1;
                        },
                        found -> found >= 0);
    }

    private static boolean answers(PatroniCluster patroni, int member, String question) {
        try {
            return "t".equals(patroni.query(member, question));
        } catch (IllegalStateException unreachable) {
            return false;
        }
    }

    private static void awaitWhole(PatroniCluster patroni, int leader) {
        await().atMost(LONG)
                .until(() -> answers(
                        patroni, leader, "select count(*) = 2 from pg_stat_replication where state = 'streaming'"));
    }

    private static PgWire login(RunningAgent agent, String listener) {
        return PgWire.connect("127.0.0.1", agent.port(listener));
    }

    private static String enter(PgWire session) {
        return Reply.line(session.login(io.pgweir.lab.Frontend.PROTOCOL_3_0, Map.of(), "pw"));
    }

    /** Those that got another node keep it until there are enough: else that one would always have the fewest. */
    private static List<PgWire> readers(RunningAgent agent, PatroniCluster patroni, int stays) {
        List<PgWire> readers = new ArrayList<>();
        List<PgWire> others = new ArrayList<>();
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
            PgWire session = login(agent, "ro");
            boolean there = enter(session).endsWith("Z(I)")
                    && ClusterIT.port(session).equals(String.valueOf(patroni.port(stays)));
            (there ? readers : others).add(session);
            return readers.size() == READERS;
        });
        others.forEach(PgWire::close);
        return readers;
    }

    /** Milliseconds from when the new leader takes writes to the first commit through pgweir. */
    private long switchover(PatroniCluster patroni, int from, int to) throws InterruptedException {
        Thread command = Thread.ofVirtual().start(() -> command(patroni, from, to));
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answers(patroni, to, "select not pg_is_in_recovery()"));
        long leads = System.nanoTime();
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> lastCommitNanos.get() - leads > 0);
        long first = lastCommitNanos.get();
        command.join();
        return Duration.ofNanos(first - leads).toMillis();
    }

    /** Patroni refuses while what it last heard of the candidate is too far behind. */
    private static void command(PatroniCluster patroni, int from, int to) {
        for (int attempt = 1; ; attempt++) {
            try {
                patroni.switchover(from, to);
                return;
            } catch (IllegalStateException refused) {
                if (attempt == ATTEMPTS_MAX) {
                    throw refused;
                }
            }
        }
    }

    private void read(PgWire session) {
        while (!over.get()) {
            if (line(session, "select count(*) from load").endsWith("Z(I)")) {
                reads.incrementAndGet();
            } else {
                readerFailures.incrementAndGet();
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private void write(RunningAgent agent, PatroniCluster patroni) {
        while (!over.get()) {
            try (PgWire session =
                    DIRECT ? PgWire.connect("127.0.0.1", patroni.port(leader(patroni))) : login(agent, "rw")) {
                String hello = enter(session);
                if (hello.endsWith("Z(I)")) {
                    ended(transactions(session));
                } else {
                    ended("refused " + state(hello));
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
            } catch (UncheckedIOException failure) {
                ended("torn");
            }
        }
    }

    private void ended(String how) {
        ends.computeIfAbsent(how, any -> new AtomicLong()).incrementAndGet();
    }

    /** How the session ended. */
    private String transactions(PgWire session) {
        for (int i = 0; i < TRANSACTIONS_A_SESSION && !over.get(); i++) {
            long id = ids.incrementAndGet();
            String begin = line(session, "begin");
            if (!begin.endsWith("Z(T)")) {
                return "between transactions " + state(begin);
            }
            String insert = line(session, "insert into load values (" + id + ")");
            if (!insert.endsWith("Z(T)")) {
                return "in a transaction " + state(insert);
            }
            String commit = line(session, "commit");
            if (!commit.endsWith("C(COMMIT) Z(I)")) {
                return "in a transaction " + state(commit);
            }
            committed.add(id);
            lastCommitNanos.set(System.nanoTime());
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        return "by the client";
    }

    /** What the server said last stands, though the request could not be sent any more. */
    private static String line(PgWire session, String sql) {
        try {
            return session.query(sql);
        } catch (UncheckedIOException broken) {
            return Reply.line(session.readToEnd());
        }
    }

    private static String state(String line) {
        return line.contains("E(") ? line.replaceAll(".*E\\((?:ERROR|FATAL) (\\w+) .*", "$1") : "torn";
    }

    private static Set<Long> kept(PatroniCluster patroni, int leader) {
        String all = String.valueOf(patroni.query(leader, "select string_agg(id::text, ',') from load"));
        Set<Long> kept = ConcurrentHashMap.newKeySet();
        Arrays.stream(all.split(",")).map(Long::valueOf).forEach(kept::add);
        return kept;
    }
}
