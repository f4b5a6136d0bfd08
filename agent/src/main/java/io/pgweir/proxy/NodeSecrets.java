package io.pgweir.proxy;

import io.pgweir.auth.NodeTokens;
import io.pgweir.auth.Verifiers;
import org.jspecify.annotations.Nullable;

/** What a split listener's sessions log in to nodes with. Any thread. */
public final class NodeSecrets implements AutoCloseable {
    private final Verifiers verifiers;
    private final @Nullable NodeTokens tokens;

    /** @param tokens null where nodes take what the client has proved */
    public NodeSecrets(Verifiers verifiers, @Nullable NodeTokens tokens) {
        this.verifiers = verifiers;
        this.tokens = tokens;
    }

    Verifiers verifiers() {
        return verifiers;
    }

    @Nullable
    NodeTokens tokens() {
        return tokens;
    }

    @Override
    public void close() {
        verifiers.close();
        if (tokens != null) {
            tokens.close();
        }
    }
}
