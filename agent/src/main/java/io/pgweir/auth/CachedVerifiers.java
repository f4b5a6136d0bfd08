package io.pgweir.auth;

import io.pgweir.config.AuthConfig;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a source answers for a while, asks it once for all who want to know the same, and bounds all of it. Roles that are
 * not there have a room of their own: asking for many of them drives no other out. What a source could not answer is not kept.
 *
 * <p>Any thread; one virtual thread a question.
 */
public final class CachedVerifiers implements Verifiers {
    /** Questions at once. */
    static final int ASKED_MAX = 1000;

    /** What is younger is not forgotten: {@link #invalidate} follows a failed login, and anybody can fail. */
    static final long KEPT_NANOS_MIN = 1_000_000_000L;

    private record Key(String user, String database) {}

    private record Kept(Lookup answer, long sinceNanos) {}

    private final RoleSource source;
    private final AuthConfig.Cache config;
    private final LongSupplier nanos;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Key, Kept> found;
    private final Map<Key, Kept> absent;
    private final Map<Key, CompletableFuture<Lookup>> asked = new HashMap<>();
    private boolean closed;

    /** Closes the source with itself. */
    public CachedVerifiers(RoleSource source, AuthConfig.Cache config) {
        this(source, config, System::nanoTime);
    }

    CachedVerifiers(RoleSource source, AuthConfig.Cache config, LongSupplier nanos) {
        this.source = source;
        this.config = config;
        this.nanos = nanos;
        this.found = new Bounded(config.rolesMax());
        this.absent = new Bounded(config.rolesMax());
    }

    /** The oldest goes. */
    private static final class Bounded extends LinkedHashMap<Key, Kept> {
        private final int max;

        Bounded(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
            return size() > max;
        }
    }

    @Override
    public CompletionStage<Lookup> lookup(String user, String database) {
        Key key = new Key(user, source.isPerDatabase() ? database : "");
        CompletableFuture<Lookup> question = new CompletableFuture<>();
        synchronized (asked) {
            if (closed) {
                return CompletableFuture.completedStage(new Lookup.Unavailable("stopped"));
            }
            Lookup kept = kept(key);
            if (kept != null) {
                return CompletableFuture.completedStage(kept);
            }
            CompletableFuture<Lookup> running = asked.get(key);
            if (running != null) {
                return running.minimalCompletionStage();
            }
            if (asked.size() >= ASKED_MAX) {
                return CompletableFuture.completedStage(
                        new Lookup.Unavailable("busy: " + asked.size() + " lookups at once"));
            }
            asked.put(key, question);
            threads.execute(() -> ask(key, question));
        }
        return question.minimalCompletionStage();
    }

    private @Nullable Lookup kept(Key key) {
        Kept role = found.get(key);
        if (role != null && nanos.getAsLong() - role.sinceNanos < config.ttl().toNanos()) {
            return role.answer;
        }
        Kept none = absent.get(key);
        return none != null
                        && nanos.getAsLong() - none.sinceNanos
                                < config.absentTtl().toNanos()
                ? none.answer
                : null;
    }

    private void ask(Key key, CompletableFuture<Lookup> question) {
        long since = nanos.getAsLong();
        Lookup answer;
        try {
            answer = source.read(key.user, key.database);
        } catch (InterruptedException stopped) {
            answer = new Lookup.Unavailable("stopped");
        } catch (RuntimeException fault) {
            answer = new Lookup.Unavailable(String.valueOf(fault));
        }
        synchronized (asked) {
            // Else it was told to forget it meanwhile: whoever waited hears it, nobody after.
            if (asked.remove(key, question)) {
                found.remove(key);
                absent.remove(key);
                switch (answer) {
                    case Lookup.Found role -> found.put(key, new Kept(role, since));
                    case Lookup.Absent none -> absent.put(key, new Kept(none, since));
                    case Lookup.Unavailable fault -> {}
                }
            }
        }
        question.complete(answer);
    }

    @Override
    public void invalidate(String user) {
        long old = nanos.getAsLong() - KEPT_NANOS_MIN;
        synchronized (asked) {
            found.entrySet()
                    .removeIf(entry -> entry.getKey().user.equals(user) && entry.getValue().sinceNanos - old <= 0);
            asked.keySet().removeIf(key -> key.user.equals(user));
        }
    }

    @Override
    public void close() {
        synchronized (asked) {
            closed = true;
            found.clear();
            absent.clear();
        }
        threads.shutdownNow();
        source.close();
    }
}
