package io.pgweir.topology.probe;

import io.pgweir.auth.jdbc.JdbcLogin;
import io.pgweir.config.MonitorConfig;
import io.pgweir.config.ServerTlsConfig;
import io.pgweir.topology.Answer;
import io.pgweir.topology.Answer.Silent;
import io.pgweir.topology.Answer.Why;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeAsker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks all members at once, each over a connection that stays open, each with the same time.
 *
 * <p>Thread: the monitor's; one virtual thread a member while it is asked.
 */
public final class SqlAsker implements NodeAsker {
    private final JdbcLogin login;
    private final long timeoutMillis;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, ServerLine> lines = new HashMap<>();
    private final Map<String, Future<Answer>> running = new HashMap<>();

    public SqlAsker(MonitorConfig monitor, ServerTlsConfig tls) {
        this.login = JdbcLogin.ofMonitor(monitor, tls);
        this.timeoutMillis = monitor.timeout().toMillis();
    }

    @Override
    public Map<String, Answer> ask(List<Member> members) throws InterruptedException {
        forgetAllBut(members);
        for (Member member : members) {
            ServerLine line = lines.computeIfAbsent(key(member), key -> new ServerLine(login, member));
            Future<Answer> late = running.get(key(member));
            if (late == null || late.isDone()) {
                running.put(key(member), threads.submit(line::ask));
            }
        }
        // The connect and one answer have the timeout each; what is late even then is asked no second time meanwhile.
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * timeoutMillis);
        Map<String, Answer> answers = new HashMap<>();
        for (Member member : members) {
            Future<Answer> future = running.get(key(member));
            if (future != null) {
                answers.put(member.name(), await(future, deadline));
            }
        }
        return answers;
    }

    private Answer await(Future<Answer> future, long deadline) throws InterruptedException {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return new Silent(Why.UNREACHABLE, "no answer within " + 2 * timeoutMillis + " ms");
        } catch (ExecutionException | CancellationException fault) {
            return new Silent(Why.UNREACHABLE, String.valueOf(fault.getMessage()));
        }
    }

    private void forgetAllBut(List<Member> members) {
        Set<String> keys = new HashSet<>();
        members.forEach(member -> keys.add(key(member)));
        for (String key : new ArrayList<>(lines.keySet())) {
            if (!keys.contains(key)) {
                ServerLine line = lines.remove(key);
                Future<Answer> future = running.remove(key);
                if (future != null) {
                    future.cancel(true);
                }
                if (line != null) {
                    threads.execute(line::close);
                }
            }
        }
    }

    /** A name at another address is another line. */
    private static String key(Member member) {
        return member.name() + " " + member.address() + " " + member.at();
    }

    @Override
    public void close() {
        running.values().forEach(future -> future.cancel(true));
        lines.values().forEach(ServerLine::close);
        threads.shutdownNow();
    }
}
