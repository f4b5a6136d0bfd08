package io.pgweir.config;

/**
 * Event loops.
 *
 * @param loops 0 means one a processor
 */
public record ThreadsConfig(int loops, Transport transport) {
    public static final ThreadsConfig DEFAULT = new ThreadsConfig(0, Transport.AUTO);

    public enum Transport {
        /** epoll where it can be had, else nio. */
        AUTO,
        EPOLL,
        NIO
    }
}
