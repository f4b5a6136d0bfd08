package io.pgweir.config;

/** {@code host:port}, {@code [::1]:port}; {@code :port} and a bare port mean the default host of where it stands. */
public record HostPort(String host, int port) {
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

    /** Whether only this machine can reach it: {@code localhost}, 127.0.0.0/8, {@code ::1}. */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost") || host.matches("127(\\.[0-9]{1,3}){3}") || host.equals("::1");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
