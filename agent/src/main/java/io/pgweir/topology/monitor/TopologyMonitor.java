package io.pgweir.topology.monitor;

import io.pgweir.config.ClusterConfig;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Finding.Away;
import io.pgweir.topology.Finding.Found;
import io.pgweir.topology.Member;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeAsker;
import io.pgweir.topology.NodeFinder;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Topology;
import io.pgweir.topology.TopologyListener;
import io.pgweir.topology.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one cluster's {@link Topology} up to date: on a thread of its own it finds the nodes, asks them, judges, publishes in
 * one volatile and tells the listeners, again and again. When nobody can be heard, the last topology stands and grows old.
 */
public final class TopologyMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopologyMonitor.class);

    private final String cluster;
    private final NodeFinder finder;
    private final @Nullable NodeAsker asker;

    /** Whether an answer of the finder says more than the configuration does. */
    private final boolean finderKnows;

    private final long pollNanos;
    private final Judge judge;
    private final MonitorClock clock;
    private final Telemetry telemetry;
    private final LagGauges lags;
    private final List<TopologyListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private List<CompletableFuture<Topology>> waiting = new ArrayList<>();
    private boolean wanted;
    private boolean closed;

    /** Counts what servers said that is not yet judged. */
    private int doubts;

    private volatile Topology topology;

    /** Monitor's thread only: what the listeners know, and who was a member when that could last be told. */
    private Topology told;

    private List<Member> members = List.of();

    TopologyMonitor(String cluster, ClusterConfig config, Parts parts, MonitorClock clock, Telemetry telemetry) {
        this.cluster = cluster;
        this.finder = parts.finder();
        this.asker = parts.asker();
        this.finderKnows = parts.finderKnows();
        this.pollNanos = parts.poll().toNanos();
        this.judge = new Judge(cluster, config.patroni() != null, parts.asker() != null, config.lag());
        this.clock = clock;
        this.telemetry = telemetry;
        this.lags = new LagGauges(telemetry);
        this.topology = new Topology(
                cluster,
                Topology.unasked(cluster, config.nodes()).nodes(),
                null,
                clock.nanos(),
                clock.now(),
                List.of());
        this.told = topology;
        this.thread = Thread.ofPlatform().daemon().name("topology-" + cluster).unstarted(this::run);
        telemetry.gauge(Metric.TOPOLOGY_AGE, cluster, () -> topology.ageNanos(clock.nanos()));
        telemetry.gauge(
                Metric.TOPOLOGY_NODES_OUT,
                cluster,
                () -> topology.nodes().stream().filter(node -> !node.isIn()).count());
    }

    /** What a monitor is made of; see {@link Monitors}. */
    record Parts(
            NodeFinder finder,
            boolean finderKnows,
            @Nullable NodeAsker asker,
            Duration poll) {}

    public void start() {
        thread.start();
    }

    /** Any thread. */
    public Topology current() {
        return topology;
    }

    /** Listeners are told what changes after their coming. */
    public void listen(TopologyListener listener) {
        listeners.add(listener);
    }

    /** Polls at once; completes with the outcome of a poll that began after this call. Any thread. */
    public CompletableFuture<Topology> pollNow() {
        CompletableFuture<Topology> future = new CompletableFuture<>();
        lock.lock();
        try {
            if (closed) {
                future.cancel(false);
            } else {
                waiting.add(future);
                wanted = true;
                wake.signalAll();
            }
        } finally {
            lock.unlock();
        }
        return future;
    }

    /** The next poll begins at once. */
    public void wake() {
        lock.lock();
        try {
            wanted = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A server told a session, by its parameter {@code in_hot_standby}, whether it takes writes. Where that is not what is
     * believed of it, the cluster is polled at once; and a leader that turned out to be none is out before this returns. Any
     * thread, an event loop too.
     */
    public void onServerSaid(String nodeName, boolean inHotStandby) {
        Node node = topology.node(nodeName);
        if (node == null || inHotStandby == (node.role() != NodeRole.LEADER) || node.role() == NodeRole.UNKNOWN) {
            return;
        }
        lock.lock();
        try {
            if (inHotStandby) {
                doubts++;
                topology = withoutLeader(topology, nodeName);
            }
            wanted = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Topology withoutLeader(Topology now, String nodeName) {
        String text = "told a session that it is in recovery";
        Outage outage = new Outage(Outage.Reason.ROLE_UNPROVEN, text, clock.now());
        return now.with(now.nodes().stream()
                .map(node -> node.name().equals(nodeName) ? node.out(outage) : node)
                .toList());
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        finder.close();
        if (asker != null) {
            asker.close();
        }
    }

    private void run() {
        try {
            while (true) {
                List<CompletableFuture<Topology>> served = begin();
                try {
                    poll();
                } catch (RuntimeException fault) {
                    log.atError()
                            .addKeyValue("cluster", cluster)
                            .setCause(fault)
                            .log("Topology poll failed");
                } finally {
                    served.forEach(future -> future.complete(topology));
                }
                if (!awaitNext()) {
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lags.close();
            begin().forEach(future -> future.cancel(false));
        }
    }

    private List<CompletableFuture<Topology>> begin() {
        lock.lock();
        try {
            List<CompletableFuture<Topology>> served = waiting;
            waiting = new ArrayList<>();
            wanted = false;
            return served;
        } finally {
            lock.unlock();
        }
    }

    /** False when it is over. */
    private boolean awaitNext() throws InterruptedException {
        lock.lock();
        try {
            long nanos = pollNanos;
            while (!wanted && !closed && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void poll() throws InterruptedException {
        int doubtsBefore = doubts();
        telemetry.increment(Metric.TOPOLOGY_POLLS);
        List<String> away = new ArrayList<>();
        boolean fresh = false;
        switch (finder.find()) {
            case Found found -> {
                members = found.members();
                fresh = true;
                found.notes()
                        .forEach(note ->
                                log.atDebug().addKeyValue("cluster", cluster).log(note));
            }
            case Away nobody -> away.add(nobody.why());
        }
        Map<String, Answer> answers = asker == null ? Map.of() : asker.ask(members);
        for (Member member : members) {
            if (answers.get(member.name()) instanceof Silent silent && silent.why() == Answer.Why.BLIND) {
                away.add(member.name() + ": " + silent.text());
            }
        }
        if (!heard(fresh, answers) && asker != null) {
            answers.forEach((name, answer) -> away.add(name + ": " + answer));
        }
        Topology before = told;
        Topology now;
        if (heard(fresh, answers)) {
            now = judge.judge(new Round(members, fresh, answers, away, clock.nanos(), clock.now()), before);
        } else {
            telemetry.increment(Metric.TOPOLOGY_UNHEARD);
            now = before.standing(away);
        }
        publish(now, doubtsBefore);
        tell(before, now);
    }

    private int doubts() {
        lock.lock();
        try {
            return doubts;
        } finally {
            lock.unlock();
        }
    }

    private boolean heard(boolean fresh, Map<String, Answer> answers) {
        return (fresh && finderKnows)
                || answers.values().stream()
                        .anyMatch(
                                answer -> !(answer instanceof Silent silent && silent.why() == Answer.Why.UNREACHABLE));
    }

    /** What a server said to a session while this poll went on counts for more than what the poll found. */
    private void publish(Topology now, int doubtsBefore) {
        lock.lock();
        try {
            Node leader = now.leader();
            topology = doubts == doubtsBefore || leader == null ? now : withoutLeader(now, leader.name());
        } finally {
            lock.unlock();
        }
    }

    private void tell(Topology before, Topology now) {
        told = now;
        lags.tell(now);
        List<Transition> transitions = Changes.between(before, now, judge.evidence());
        if (transitions.isEmpty()) {
            return;
        }
        telemetry.add(Metric.TOPOLOGY_TRANSITIONS, transitions.size());
        for (Transition transition : transitions) {
            log.atInfo()
                    .addKeyValue("cluster", cluster)
                    .addKeyValue("node", transition.node())
                    .addKeyValue("change", transition.kind().label())
                    .addKeyValue("from", transition.from())
                    .addKeyValue("to", transition.to())
                    .addKeyValue("evidence", transition.evidence())
                    .log("Topology changed");
        }
        for (TopologyListener listener : listeners) {
            try {
                listener.onTransitions(transitions, now);
            } catch (RuntimeException fault) {
                log.atError().addKeyValue("cluster", cluster).setCause(fault).log("Topology listener failed");
            }
        }
    }
}
