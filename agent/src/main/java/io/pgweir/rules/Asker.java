package io.pgweir.rules;

import java.net.InetAddress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who asks: one a session, confined to its event loop. */
public final class Asker {
    private final UUID session;
    private final String user;
    private final String database;
    private final @Nullable InetAddress address;
    private final String listener;
    private final String cluster;
    private final boolean tls;
    private final String authentication;
    private final long startMicros;
    private String application;

    /** Of the set that judged last; null where the application has changed since. */
    @Nullable
    AskerAnswers answers;

    /**
     * @param application empty where the client told none
     * @param address null where the client came through no network
     * @param authentication the method that the server asked for, such as {@code scram-sha-256}; empty where unknown
     * @param startMicros since 1970
     */
    public Asker(
            UUID session,
            String user,
            String database,
            String application,
            @Nullable InetAddress address,
            String listener,
            String cluster,
            boolean tls,
            String authentication,
            long startMicros) {
        this.session = session;
        this.user = user;
        this.database = database;
        this.application = application;
        this.address = address;
        this.listener = listener;
        this.cluster = cluster;
        this.tls = tls;
        this.authentication = authentication;
        this.startMicros = startMicros;
    }

    /** {@code application_name} was set anew. */
    public void onApplication(String name) {
        application = name;
        answers = null;
    }

    public UUID session() {
        return session;
    }

    public String user() {
        return user;
    }

    public String database() {
        return database;
    }

    public String application() {
        return application;
    }

    public @Nullable InetAddress address() {
        return address;
    }

    public String listener() {
        return listener;
    }

    public String cluster() {
        return cluster;
    }

    public boolean tls() {
        return tls;
    }

    public String authentication() {
        return authentication;
    }

    public long startMicros() {
        return startMicros;
    }
}
