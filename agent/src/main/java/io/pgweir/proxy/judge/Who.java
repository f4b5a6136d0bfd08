package io.pgweir.proxy.judge;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for a session, before the server has let it in.
 *
 * @param application empty where the client told none
 * @param address null where the client came through no network
 */
public record Who(
        String user,
        String database,
        String application,
        @Nullable InetAddress address,
        String listener,
        String cluster,
        boolean tls) {}
