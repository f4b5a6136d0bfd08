package io.pgweir.config;

/** Sessions at once, of each listener and so on; {@link #UNLIMITED} where nothing is said. */
public record ConnectionsPerConfig(int listener, int cluster, int node, int user, int database, int clientAddress) {
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public static final ConnectionsPerConfig DEFAULT =
            new ConnectionsPerConfig(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);
}
