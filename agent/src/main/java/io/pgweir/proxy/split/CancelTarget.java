package io.pgweir.proxy.split;

import io.pgweir.config.HostPort;
import java.net.SocketAddress;

/**
 * Which server process a CancelRequest of the client means from here on; told as soon as requests go there.
 *
 * @param key of {@code processId}; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record CancelTarget(HostPort node, SocketAddress address, int processId, byte[] key) {}
