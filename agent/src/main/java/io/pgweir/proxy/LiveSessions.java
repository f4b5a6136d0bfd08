package io.pgweir.proxy;

import io.netty.channel.EventLoop;
import io.pgweir.config.AdminConfig.StatementText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that have a server, and those that have none yet, by their ids, for people to look at and to end. Each is asked on its own event loop, so nothing
 * of it is shared; whoever asks waits, a loop never does. Any thread but a loop's.
 */
public final class LiveSessions {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private final ConcurrentHashMap<UUID, ProxySession> sessions = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<UUID, Arrival> arrivals = new ConcurrentHashMap<>();

    void add(Arrival arrival) {
        arrivals.put(arrival.id(), arrival);
    }

    void remove(Arrival arrival) {
        arrivals.remove(arrival.id());
    }

    Collection<Arrival> arrivals() {
        return arrivals.values();
    }

    void add(ProxySession session) {
        sessions.put(session.id(), session);
    }

    void remove(ProxySession session) {
        sessions.remove(session.id());
    }

    Collection<ProxySession> all() {
        return sessions.values();
    }

    /** Those that came by a listener to a cluster. A loop's thread may ask too. */
    long count(String listener, Cluster cluster) {
        return sessions.values().stream()
                .filter(session -> session.listener.equals(listener) && session.cluster.equals(cluster))
                .count();
    }

    /** The client of that session asks to cancel what it runs. */
    void onCancelAsked(UUID id) {
        ProxySession session = sessions.get(id);
        if (session != null) {
            session.loop().execute(session::onCancelAsked);
        }
    }

    boolean isEmpty() {
        return sessions.isEmpty();
    }

    /** All that answer in time: a loop that hangs has sessions that cannot be seen. In no order. */
    public List<SessionView> views(StatementText text) {
        List<CompletableFuture<@Nullable SessionView>> asked = new ArrayList<>();
        // First those that are to become sessions: who becomes one meanwhile is not missed, and is no arrival any more
        // when asked.
        for (Arrival arrival : arrivals.values()) {
            asked.add(CompletableFuture.supplyAsync(arrival::view, arrival.loop()));
        }
        for (ProxySession session : sessions.values()) {
            asked.add(CompletableFuture.supplyAsync(() -> session.view(text), session.loop()));
        }
        long limit = System.nanoTime() + ANSWER_MAX.toNanos();
        List<SessionView> views = new ArrayList<>(asked.size());
        for (CompletableFuture<@Nullable SessionView> one : asked) {
            SessionView view = await(one, Math.max(0, limit - System.nanoTime()));
            if (view != null) {
                views.add(view);
            }
        }
        return views;
    }

    private static @Nullable SessionView await(CompletableFuture<@Nullable SessionView> view, long nanos) {
        try {
            return view.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException _) {
            // It has ended meanwhile, loop and all, or is not to be had.
            return null;
        }
    }

    /** Those of split listeners to a cluster that have something under way; what cannot be asked counts as such. */
    public int busy(Cluster cluster) {
        List<CompletableFuture<Boolean>> asked = new ArrayList<>();
        for (ProxySession session : sessions.values()) {
            if (session.cluster.equals(cluster)) {
                asked.add(CompletableFuture.supplyAsync(session::isBusy, session.loop())
                        .completeOnTimeout(true, ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS));
            }
        }
        int busy = 0;
        for (CompletableFuture<Boolean> one : asked) {
            busy += one.join() ? 1 : 0;
        }
        return busy;
    }

    /** Whether there is one of that id that a server has given a key for: then its statement is being cancelled. */
    public boolean cancel(UUID id) {
        ProxySession session = sessions.get(id);
        if (session == null) {
            return false;
        }
        return CompletableFuture.supplyAsync(session::cancel, session.loop()).join();
    }

    /** Whether there is one of that id: then it is being ended, as pg_terminate_backend does. */
    public boolean terminate(UUID id) {
        Arrival arrival = arrivals.get(id);
        ProxySession session = sessions.get(id);
        EventLoop loop = session != null ? session.loop() : arrival != null ? arrival.loop() : null;
        if (loop == null) {
            return false;
        }
        loop.execute(() -> terminateNow(id));
        return true;
    }

    /** On its loop, where it cannot become anything else meanwhile. */
    private void terminateNow(UUID id) {
        Arrival arrival = arrivals.get(id);
        ProxySession session = sessions.get(id);
        if (session != null) {
            session.terminate();
        } else if (arrival != null) {
            arrival.terminate();
        }
    }
}
