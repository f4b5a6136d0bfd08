package io.pgweir.config;

import java.util.List;

/**
 * Who tells in a PROXY header, of version 1 or 2, where its clients are.
 *
 * @param from addresses whose connections begin with one, always
 * @param others what becomes of connections from anywhere else
 */
public record ProxyProtocolConfig(List<Network> from, Others others) {
    public ProxyProtocolConfig {
        from = List.copyOf(from);
    }

    public enum Others {
        /** They get no session. */
        REFUSE,
        /** They are clients themselves. */
        PLAIN
    }
}
