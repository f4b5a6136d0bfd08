package io.pgweir.config;

/** {@code host:port}, {@code [::1]:port}; {@code :port} and a bare port mean the default host of where it stands. */
public record HostPort(String host, int port) {
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
