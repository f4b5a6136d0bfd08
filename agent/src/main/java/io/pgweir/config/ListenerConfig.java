package io.pgweir.config;

import java.util.List;

/**
 * One address that clients connect to.
 *
 * @param roles of nodes that take its sessions; any where empty
 * @param fallback roles that take them while no node has one of {@code roles}
 */
public record ListenerConfig(
        String name,
        HostPort listen,
        String cluster,
        Mode mode,
        List<Role> roles,
        List<Role> fallback,
        ClientTlsConfig tls) {

    public ListenerConfig {
        roles = List.copyOf(roles);
        fallback = List.copyOf(fallback);
    }

    /** Of any role. */
    public ListenerConfig(String name, HostPort listen, String cluster, Mode mode, ClientTlsConfig tls) {
        this(name, listen, cluster, mode, List.of(), List.of(), tls);
    }

    public enum Mode {
        /** One client, one server connection, authentication untouched. */
        TRANSPARENT
    }

    public enum Role {
        /** Takes writes. */
        LEADER,
        /** A standby that the leader waits for. */
        SYNC,
        ASYNC,
        /** Leads a standby cluster: others stream from it, and it takes no writes. */
        STANDBY_LEADER
    }
}
