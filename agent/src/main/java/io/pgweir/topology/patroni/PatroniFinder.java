package io.pgweir.topology.patroni;

import io.pgweir.config.PatroniConfig;
import io.pgweir.config.SecretConfig;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeFinder;
import io.pgweir.topology.NodeRole;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Asks all URLs at once. The best answer counts: the one whose leader has the highest timeline, of equals the first in the
 * configuration; once one is there, the others have {@value #GRACE_MILLIS} ms, so that a dead member costs no time.
 *
 * <p>Where nobody asks the servers themselves, the leader's own Patroni must say that its server takes writes; and where
 * Patroni is older than 4.1, each member is asked for its position.
 */
public final class PatroniFinder implements NodeFinder {
    static final int BODY_BYTES_MAX = 1 << 20;
    private static final long GRACE_MILLIS = 200;

    private final PatroniConfig config;
    private final boolean positions;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;

    private PatroniFinder(PatroniConfig config, boolean positions, HttpClient.Builder builder) {
        this.config = config;
        this.positions = positions;
        this.client = builder.version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeout())
                .executor(threads)
                .build();
    }

    /**
     * @param positions whether members are asked for what {@code /cluster} does not tell
     * @throws IOException where a file for TLS cannot be used
     */
    public static PatroniFinder of(PatroniConfig config, boolean positions) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder();
        PatroniConfig.Tls tls = config.tls();
        if (tls != null) {
            builder.sslContext(PatroniTls.context(tls));
        }
        return new PatroniFinder(config, positions, builder);
    }

    /** What came of one request. */
    private record Reply<T>(int index, @Nullable T value, String fault) {}

    @FunctionalInterface
    private interface Reader<T> {
        T read(byte[] body, URI from);
    }

    @Override
    public Finding find() throws InterruptedException {
        List<URI> urls = config.urls().stream().map(url -> at(url, "/cluster")).toList();
        List<Reply<ClusterReply>> replies = gather(urls, true, (body, from) -> ClusterReply.read(body, source(from)));
        ClusterReply best = null;
        List<String> faults = new ArrayList<>();
        for (Reply<ClusterReply> reply : replies) {
            ClusterReply value = reply.value();
            if (value == null) {
                faults.add(source(urls.get(reply.index())) + ": " + reply.fault());
            } else if (best == null || value.leaderTimeline() > best.leaderTimeline()) {
                best = value;
            }
        }
        if (best == null) {
            return new Finding.Away("patroni: " + String.join("; ", faults));
        }
        List<Member> members = positions ? located(best) : best.members();
        return new Finding.Found(members, best.notes());
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }

    private List<Member> located(ClusterReply reply) throws InterruptedException {
        boolean told = reply.members().stream()
                .map(Member::claim)
                .anyMatch(claim -> claim != null && claim.replayLagBytes() >= 0);
        List<Member> asked = reply.members().stream()
                .filter(member -> !told || leads(member))
                .filter(member -> isHttp(reply.apis().get(member.name())))
                .toList();
        List<URI> urls = asked.stream()
                .map(member -> at(reply.apis().getOrDefault(member.name(), URI.create("")), "/patroni"))
                .toList();
        Map<String, MemberReply> found = new HashMap<>();
        for (Reply<MemberReply> own : gather(urls, false, (body, from) -> MemberReply.read(body))) {
            MemberReply value = own.value();
            if (value != null) {
                found.put(asked.get(own.index()).name(), value);
            }
        }
        return reply.members().stream()
                .map(member -> located(member, found.get(member.name())))
                .toList();
    }

    private static Member located(Member member, @Nullable MemberReply own) {
        Claim claim = member.claim();
        if (own == null || claim == null) {
            return member;
        }
        Claim known = claim.located(own.lsn(), own.systemIdentifier());
        boolean promoted = !leads(member) || !own.inRecovery();
        return new Member(member.name(), member.address(), null, promoted ? known : known.stillInRecovery());
    }

    private static boolean leads(Member member) {
        return member.claim() != null && member.claim().role() == NodeRole.LEADER;
    }

    /**
     * In the order of {@code urls}, whoever answered first.
     *
     * @param anyWillDo whether the others are waited for only briefly once one has answered well
     */
    private <T> List<Reply<T>> gather(List<URI> urls, boolean anyWillDo, Reader<T> reader) throws InterruptedException {
        BlockingQueue<Reply<T>> done = new LinkedBlockingQueue<>();
        List<Future<?>> running = new ArrayList<>();
        List<@Nullable Reply<T>> replies = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            int index = i;
            replies.add(null);
            running.add(threads.submit(() -> done.add(ask(urls.get(index), index, reader))));
        }
        long deadline = System.nanoTime() + config.timeout().toNanos();
        try {
            for (int open = urls.size(); open > 0; open--) {
                Reply<T> reply = done.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (reply == null) {
                    break;
                }
                replies.set(reply.index(), reply);
                if (anyWillDo && reply.value() != null) {
                    deadline = Math.min(deadline, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
                }
            }
        } finally {
            running.forEach(future -> future.cancel(true));
        }
        List<Reply<T>> all = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            Reply<T> reply = replies.get(i);
            all.add(
                    reply == null
                            ? new Reply<>(
                                    i,
                                    null,
                                    "no answer within " + config.timeout().toMillis() + " ms")
                            : reply);
        }
        return all;
    }

    private <T> Reply<T> ask(URI url, int index, Reader<T> reader) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(config.timeout());
            String authorization = authorization(url);
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() != 200) {
                    return new Reply<>(index, null, "status " + response.statusCode() + " (expected: 200)");
                }
                byte[] body = in.readNBytes(BODY_BYTES_MAX + 1);
                return body.length > BODY_BYTES_MAX
                        ? new Reply<>(index, null, "more than " + BODY_BYTES_MAX + " bytes")
                        : new Reply<>(index, reader.read(body, url), "");
            }
        } catch (JacksonException odd) {
            return new Reply<>(index, null, "no reply of Patroni's: " + odd.getOriginalMessage());
        } catch (IOException | IllegalArgumentException failure) {
            String message = failure.getMessage();
            return new Reply<>(index, null, message == null ? failure.getClass().getSimpleName() : message);
        } catch (InterruptedException late) {
            Thread.currentThread().interrupt();
            return new Reply<>(index, null, "cancelled");
        }
    }

    /** For the hosts of the configuration: a member's own URL comes from elsewhere. */
    private @Nullable String authorization(URI url) throws IOException {
        SecretConfig password = config.password();
        if (config.user() == null
                || password == null
                || config.urls().stream()
                        .noneMatch(own -> own.getScheme().equals(url.getScheme())
                                && own.getRawAuthority().equals(url.getRawAuthority()))) {
            return null;
        }
        String pair = config.user() + ":" + password.read();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isHttp(@Nullable URI url) {
        return url != null
                && url.getHost() != null
                && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    }

    private static URI at(URI url, String path) {
        return url.resolve(path);
    }

    private static String source(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}
