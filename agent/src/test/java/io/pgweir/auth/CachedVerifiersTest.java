package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.AuthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachedVerifiersTest {
    private static final Lookup ALICE = new Lookup.Found(new KnownRole("alice", new Password("a")));
    private static final AuthConfig.Cache CONFIG =
            new AuthConfig.Cache(Duration.ofSeconds(10), Duration.ofSeconds(2), 3);

    private final FakeSource source = new FakeSource();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final CachedVerifiers verifiers = new CachedVerifiers(source, CONFIG, nanos::get);

    /** Knows alice alone, until it is told otherwise. */
    private static final class FakeSource implements RoleSource {
        final List<String> asked = new ArrayList<>();
        final ConcurrentHashMap<String, Lookup> answers = new ConcurrentHashMap<>();
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile boolean perDatabase;
        volatile boolean closed;

        FakeSource() {
            answers.put("alice", ALICE);
        }

        @Override
        public Lookup read(String user, String database) throws InterruptedException {
            synchronized (asked) {
                asked.add(user + "@" + database);
            }
            gate.await();
            if (user.equals("broken")) {
                throw new IllegalStateException("broken");
            }
            return answers.getOrDefault(user, new Lookup.Absent());
        }

        @Override
        public boolean isPerDatabase() {
            return perDatabase;
        }

        @Override
        public void close() {
            closed = true;
        }

        int count() {
            synchronized (asked) {
                return asked.size();
            }
        }
    }

    @AfterEach
    void close() {
        source.gate.countDown();
        verifiers.close();
    }

    @Test
    void anAnswerIsKeptForItsTimeAndAnAbsentRoleForLess() {
        // Given
        assertThat(lookup("alice")).isEqualTo(ALICE);
        assertThat(lookup("bob")).isEqualTo(new Lookup.Absent());
        // When
        after(Duration.ofSeconds(2));
        lookup("alice");
        lookup("bob");
        after(Duration.ofSeconds(8));
        lookup("alice");
        // Then
        assertThat(source.asked).containsExactly("alice@", "bob@", "bob@", "alice@");
    }

    @Test
    void whoeverAsksMeanwhileHearsTheSameAnswer() {
        // Given
        source.gate = new CountDownLatch(1);
        List<CompletableFuture<Lookup>> all = new ArrayList<>();
        // When
        for (int i = 0; i < 50; i++) {
            all.add(verifiers.lookup("alice", "d" + i).toCompletableFuture());
        }
        source.gate.countDown();
        // Then
        assertThat(all).allSatisfy(one -> assertThat(await(one)).isSameAs(ALICE));
        assertThat(source.asked).hasSize(1);
    }

    @Test
    void whatTheSourceCouldNotAnswerIsNotKept() {
        // When
        Lookup fault = lookup("broken");
        lookup("broken");
        // Then
        assertThat(fault).isEqualTo(new Lookup.Unavailable("java.lang.IllegalStateException: broken"));
        assertThat(source.asked).hasSize(2);
    }

    @Test
    void manyAbsentRolesDriveNoOtherOut() {
        // Given
        lookup("alice");
        // When
        for (int i = 0; i < 100; i++) {
            lookup("nobody" + i);
        }
        lookup("alice");
        lookup("nobody99");
        lookup("nobody0");
        // Then
        assertThat(source.count()).isEqualTo(102);
    }

    @Test
    void aRoleThatIsInvalidatedIsAskedForAnewButNotTwiceASecond() {
        // Given
        lookup("alice");
        // When
        verifiers.invalidate("alice");
        lookup("alice");
        after(Duration.ofSeconds(1));
        verifiers.invalidate("bob");
        lookup("alice");
        int before = source.count();
        verifiers.invalidate("alice");
        lookup("alice");
        // Then
        assertThat(before).isEqualTo(1);
        assertThat(source.count()).isEqualTo(2);
    }

    @Test
    void anAnswerThatWasAskedForBeforeTheInvalidationIsNotKept() {
        // Given
        source.gate = new CountDownLatch(1);
        CompletableFuture<Lookup> old = verifiers.lookup("alice", "d").toCompletableFuture();
        // When
        verifiers.invalidate("alice");
        source.gate.countDown();
        // Then
        assertThat(await(old)).isSameAs(ALICE);
        lookup("alice");
        assertThat(source.count()).isEqualTo(2);
    }

    @Test
    void aSourceWhoseRolesDifferByDatabaseIsAskedForEach() {
        // Given
        source.perDatabase = true;
        // When
        await(verifiers.lookup("alice", "one").toCompletableFuture());
        await(verifiers.lookup("alice", "two").toCompletableFuture());
        await(verifiers.lookup("alice", "one").toCompletableFuture());
        // Then
        assertThat(source.asked).containsExactly("alice@one", "alice@two");
    }

    @Test
    void tooManyQuestionsAtOnceAreNotAsked() {
        // Given
        source.gate = new CountDownLatch(1);
        for (int i = 0; i < CachedVerifiers.ASKED_MAX; i++) {
            verifiers.lookup("role" + i, "d");
        }
        // When
        Lookup busy = lookup("alice");
        // Then
        assertThat(busy).isEqualTo(new Lookup.Unavailable("busy: 1000 lookups at once"));
    }

    @Test
    void theEndIsAnAnswerToo() {
        // Given
        source.gate = new CountDownLatch(1);
        CompletableFuture<Lookup> waiting = verifiers.lookup("alice", "d").toCompletableFuture();
        // When
        verifiers.close();
        // Then
        assertThat(await(waiting)).isInstanceOf(Lookup.Unavailable.class);
        assertThat(lookup("alice")).isEqualTo(new Lookup.Unavailable("stopped"));
        assertThat(source.closed).isTrue();
    }

    private Lookup lookup(String user) {
        return await(verifiers.lookup(user, "d").toCompletableFuture());
    }

    private static Lookup await(CompletableFuture<Lookup> answer) {
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private void after(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
