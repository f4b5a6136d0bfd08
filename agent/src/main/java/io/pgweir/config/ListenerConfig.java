package io.pgweir.config;

/** One address that clients connect to. */
public record ListenerConfig(String name, HostPort listen, String cluster, Mode mode, ClientTlsConfig tls) {

    public enum Mode {
        /** One client, one server connection, authentication untouched. */
        TRANSPARENT
    }
}
