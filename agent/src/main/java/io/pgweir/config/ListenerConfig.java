package io.pgweir.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One address that clients connect to.
 *
 * @param roles of nodes that take its sessions; any where empty
 * @param fallback roles that take them while no node has one of {@code roles}
 * @param socketMode permissions of a Unix-domain socket
 * @param reusePort whether another process may listen at the same address: the kernel shares connects out
 * @param proxyProtocol null: every connection is a client's own
 * @param applicationName null: as the client has it
 * @param split where reads go, with {@link Mode#SPLIT}; null without it
 */
public record ListenerConfig(
        String name,
        HostPort listen,
        String cluster,
        Mode mode,
        List<Role> roles,
        List<Role> fallback,
        ClientTlsConfig tls,
        int socketMode,
        boolean reusePort,
        ListenerLimitsConfig limits,
        @Nullable ProxyProtocolConfig proxyProtocol,
        @Nullable ApplicationNameConfig applicationName,
        @Nullable SplitConfig split) {

    /** As PostgreSQL's unix_socket_permissions: whoever can come to the directory. */
    public static final int SOCKET_MODE = 0777;

    public ListenerConfig {
        roles = List.copyOf(roles);
        fallback = List.copyOf(fallback);
    }

    /** Whose clients come themselves, by their own names. */
    public ListenerConfig(
            String name,
            HostPort listen,
            String cluster,
            Mode mode,
            List<Role> roles,
            List<Role> fallback,
            ClientTlsConfig tls) {
        this(
                name,
                listen,
                cluster,
                mode,
                roles,
                fallback,
                tls,
                SOCKET_MODE,
                false,
                ListenerLimitsConfig.NONE,
                null,
                null,
                null);
    }

    /** Of any role. */
    public ListenerConfig(String name, HostPort listen, String cluster, Mode mode, ClientTlsConfig tls) {
        this(
                name,
                listen,
                cluster,
                mode,
                List.of(),
                List.of(),
                tls,
                SOCKET_MODE,
                false,
                ListenerLimitsConfig.NONE,
                null,
                null,
                null);
    }

    public enum Mode {
        /** One client, one server connection, authentication untouched. */
        TRANSPARENT,
        /** One client, several server connections: reads may be answered by another node than the leader. */
        SPLIT
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
