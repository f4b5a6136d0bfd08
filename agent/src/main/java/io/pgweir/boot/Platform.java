package io.pgweir.boot;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import io.netty.util.Version;
import java.util.List;

/** What this machine offers the agent. */
public final class Platform {
    private Platform() {}

    public static String netty() {
        Version version = Version.identify().get("netty-common");
        return version == null ? "unknown" : version.artifactVersion();
    }

    /** In the order that {@code auto} tries them. */
    public static List<String> transports() {
        return Epoll.isAvailable() ? List.of("epoll", "nio") : List.of("nio");
    }

    public static String tls() {
        return OpenSsl.isAvailable() ? OpenSsl.versionString() : "JDK";
    }
}
