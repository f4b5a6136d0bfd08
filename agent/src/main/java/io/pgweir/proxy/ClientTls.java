package io.pgweir.proxy;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgweir.config.ClientTlsConfig;
import io.pgweir.net.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS towards the clients of one listener. The files are looked at when a handshake starts, at most once a second and never on
 * an event loop; where they changed they are read again, and where they are no good the ones before stay. Any thread.
 */
public final class ClientTls {
    private static final Logger log = LoggerFactory.getLogger(ClientTls.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ClientTlsConfig config;
    private final Executor files;
    private final Consumer<@Nullable String> onReload;
    private final AtomicLong nextLookNanos = new AtomicLong(System.nanoTime() + LOOK_NANOS);
    private volatile @Nullable Loaded loaded;

    /** What the files said, and what they looked like when they said it. */
    private record Loaded(SslContext context, Certificate certificate, List<Stamp> stamps) {}

    private record Stamp(
            long modifiedMillis, long bytes, @Nullable Object inode) {}

    /**
     * @param files where files may be waited for
     * @param onReload told after changed files were taken over (null), or were no good: why. Any thread
     * @throws SSLException where a file cannot be read or does not hold what it should
     */
    public static ClientTls of(ClientTlsConfig config, Executor files, Consumer<@Nullable String> onReload)
            throws SSLException {
        ClientTls tls = new ClientTls(config, files, onReload);
        if (config.mode() != ClientTlsConfig.Mode.DISABLE) {
            tls.loaded = tls.load();
        }
        return tls;
    }

    /** What was wrong with changed files when they were looked at last: told once. */
    private final AtomicReference<String> refused = new AtomicReference<>("");

    private ClientTls(ClientTlsConfig config, Executor files, Consumer<@Nullable String> onReload) {
        this.config = config;
        this.files = files;
        this.onReload = onReload;
    }

    boolean isOffered() {
        return config.mode() != ClientTlsConfig.Mode.DISABLE;
    }

    boolean isRequired() {
        return config.mode() == ClientTlsConfig.Mode.REQUIRE;
    }

    /** What a handshake that starts now is made with; completes on {@code loop}. {@link #isOffered} only. */
    Future<SslContext> context(EventExecutor loop) {
        Promise<SslContext> promise = loop.newPromise();
        long now = System.nanoTime();
        long due = nextLookNanos.get();
        if (now - due < 0 || !nextLookNanos.compareAndSet(due, now + LOOK_NANOS)) {
            return promise.setSuccess(current().context());
        }
        files.execute(() -> {
            reloadIfChanged();
            promise.trySuccess(current().context());
        });
        return promise;
    }

    /** Whether clients see the certificate that the server shows. */
    boolean isSameCertificate(@Nullable Certificate server) {
        return isOffered() && current().certificate().equals(server);
    }

    private Loaded current() {
        return Objects.requireNonNull(loaded, "tls mode: disable (expected: another)");
    }

    private void reloadIfChanged() {
        try {
            if (!stamps().equals(current().stamps())) {
                loaded = load();
                log.atInfo().addKeyValue("cert", config.cert()).log("Certificate files were read again");
                refused.set("");
                onReload.accept(null);
            }
        } catch (IOException unreadable) {
            String error = String.valueOf(unreadable.getMessage());
            log.atWarn()
                    .addKeyValue("cert", config.cert())
                    .addKeyValue("error", error)
                    .log("Changed certificate files are no good; the ones before stay");
            if (!error.equals(refused.getAndSet(error))) {
                onReload.accept(error);
            }
        }
    }

    private Loaded load() throws SSLException {
        Path cert = Objects.requireNonNull(config.cert(), "tls.cert");
        Path key = Objects.requireNonNull(config.key(), "tls.key");
        Path clientCa = config.clientCa();
        try {
            // Before the files are read: a change in between is then seen as one.
            List<Stamp> stamps = stamps();
            SslContextBuilder builder = SslContextBuilder.forServer(cert.toFile(), key.toFile())
                    .protocols(ServerTls.VERSIONS)
                    .applicationProtocolConfig(ServerTls.PROTOCOLS)
                    .clientAuth(
                            switch (config.clientCertificate()) {
                                case NONE -> ClientAuth.NONE;
                                case OPTIONAL -> ClientAuth.OPTIONAL;
                                case REQUIRE -> ClientAuth.REQUIRE;
                            });
            if (clientCa != null) {
                builder.trustManager(clientCa.toFile());
            }
            return new Loaded(builder.build(), first(cert), stamps);
        } catch (IOException | IllegalArgumentException | CertificateException unreadable) {
            throw new SSLException(unreadable.getMessage(), unreadable);
        }
    }

    private static Certificate first(Path chain) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(chain)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private List<Stamp> stamps() throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (Path path : new @Nullable Path[] {config.cert(), config.key(), config.clientCa()}) {
            if (path != null) {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                stamps.add(new Stamp(now.lastModifiedTime().toMillis(), now.size(), now.fileKey()));
            }
        }
        return stamps;
    }
}
