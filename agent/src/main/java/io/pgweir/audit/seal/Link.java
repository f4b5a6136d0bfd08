package io.pgweir.audit.seal;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a record when it was checked by itself: its place in a chain.
 *
 * @param source number of the source, in the order that they were given
 * @param position there
 * @param hash as the record says
 * @param prev as the record says
 * @param state whether {@code hash} is the hash of the rest
 * @param text the record, of types that say something about the chain, and where it was asked for
 */
record Link(
        int source,
        long position,
        String chain,
        long seq,
        byte[] hash,
        byte[] prev,
        State state,
        byte @Nullable [] text) {

    enum State {
        /** The hash is the record's. */
        SOUND,
        /** It is not, and the record says that a sink cut it short. */
        CUT,
        /** It is not. */
        EDITED
    }

    /** Whether what it says of its neighbours can be believed. */
    boolean isEdited() {
        return state == State.EDITED;
    }
}
