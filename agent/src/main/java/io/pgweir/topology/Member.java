package io.pgweir.topology;

import io.pgweir.config.HostPort;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A node that was found.
 *
 * @param address that certificates are checked against
 * @param at where to connect to; null where {@code address} must be resolved
 * @param claim what Patroni says of it, where Patroni found it
 */
public record Member(
        String name,
        HostPort address,
        @Nullable InetAddress at,
        @Nullable Claim claim) {
    public static Member at(HostPort address) {
        return new Member(address.toString(), address, null, null);
    }
}
