package io.pgweir.routing;

import io.pgweir.config.ListenerConfig;
import io.pgweir.config.ListenerConfig.Role;
import io.pgweir.config.ReadsConfig;
import io.pgweir.topology.NodeRole;
import java.util.List;

/**
 * What node a listener's sessions want.
 *
 * @param roles any where empty
 * @param fallback while no node has one of {@code roles}
 */
public record Wish(List<Role> roles, List<Role> fallback) {
    public static final Wish ANY = new Wish(List.of(), List.of());

    /** Who takes writes. */
    public static final Wish LEADER = new Wish(List.of(Role.LEADER), List.of());

    public Wish {
        roles = List.copyOf(roles);
        fallback = List.copyOf(fallback);
    }

    /** Of a session's first node. */
    public static Wish of(ListenerConfig listener) {
        return listener.split() == null ? new Wish(listener.roles(), listener.fallback()) : LEADER;
    }

    /** Of what answers a split session's reads. */
    public static Wish of(ReadsConfig reads) {
        return new Wish(reads.from(), List.of());
    }

    /** Whether it asks for nodes of a role, and this is one of those. */
    public boolean isFor(NodeRole role) {
        return !roles.isEmpty() && wants(role);
    }

    /** Whether a session that has a node of this role may stay there. */
    boolean isContentWith(NodeRole role) {
        return wants(role) || putsUpWith(role);
    }

    boolean wants(NodeRole role) {
        return roles.isEmpty() || roles.stream().anyMatch(role::is);
    }

    boolean putsUpWith(NodeRole role) {
        return fallback.stream().anyMatch(role::is);
    }
}
