package io.pgweir.config;

/**
 * Event loops.
 *
 * @param loops 0 means one a processor
 */
public record ThreadsConfig(int loops, Transport transport) {

    public enum Transport {
        /** epoll where it can be had, else nio. */
        AUTO,
        EPOLL,
        NIO
    }
}
