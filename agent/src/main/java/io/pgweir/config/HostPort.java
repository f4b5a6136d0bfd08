package io.pgweir.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * {@code host:port}, {@code [::1]:port}; {@code :port} and a bare port mean the default host of where it stands. Where servers and their
 * clients meet also {@code unix:/dir/.s.PGSQL.port}, a Unix-domain socket.
 *
 * @param host as libpq has it: what begins with a slash is the directory of a Unix-domain socket
 */
public record HostPort(String host, int port) {
    private static final String UNIX = "unix:";
    private static final String SOCKET = "/.s.PGSQL.";

    /** What a socket's address holds on Linux. */
    private static final int PATH_BYTES_MAX = 107;

    /** A sidecar's clients are its neighbours on the machine or in the pod. */
    public static final String LISTEN_HOST_DEFAULT = "127.0.0.1";

    public static final String NODE_HOST_DEFAULT = "localhost";

    private static final String EXPECTED = "host:port with a port from 0 to 65535, an IPv6 address in brackets";

    /**
     * @param hostDefault for {@code :port} and a bare port
     * @throws IllegalArgumentException saying what was found and what was expected
     */
    public static HostPort parse(String text, String hostDefault) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(colon, 0));
        boolean bracketed = host.length() > 2 && host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (bracketed != host.indexOf(':') >= 0 || !host.matches("[A-Za-z0-9_.:%-]*")) {
            throw unexpected(text);
        }
        return new HostPort(host.isEmpty() ? hostDefault : host, port(text, colon + 1));
    }

    /** As {@link #parse}, or a Unix-domain socket, whose name is the one that libpq looks for. */
    public static HostPort parseSocket(String text, String hostDefault) {
        if (!text.startsWith(UNIX)) {
            return parse(text, hostDefault);
        }
        String path = text.substring(UNIX.length());
        int name = path.lastIndexOf(SOCKET);
        String digits = name < 1 ? "" : path.substring(name + SOCKET.length());
        boolean fits = path.getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES_MAX;
        if (!path.startsWith("/") || !digits.matches("[1-9][0-9]{0,4}") || Integer.parseInt(digits) > 65535 || !fits) {
            throw new IllegalArgumentException('"' + text + "\" (expected: unix:/dir/.s.PGSQL.port, a path of at most "
                    + PATH_BYTES_MAX + " bytes)");
        }
        return new HostPort(path.substring(0, name), Integer.parseInt(digits));
    }

    public boolean isUnix() {
        return host.startsWith("/");
    }

    /** Of a Unix-domain socket. */
    public Path path() {
        return Path.of(host + SOCKET + port);
    }

    private static int port(String text, int from) {
        String digits = text.substring(from);
        if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 65535) {
            throw unexpected(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException unexpected(String text) {
        return new IllegalArgumentException("\"" + text + "\" (expected: " + EXPECTED + ")");
    }

    /** Whether only this machine can reach it over a network of its own: {@code localhost}, 127.0.0.0/8, {@code ::1}. */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost") || host.matches("127(\\.[0-9]{1,3}){3}") || host.equals("::1");
    }

    @Override
    public String toString() {
        if (isUnix()) {
            return UNIX + path();
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
