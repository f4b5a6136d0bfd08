package io.pgweir.audit.encode;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;

/**
 * Encoded once for an object that many events share: a table of fixed size in which a newcomer takes the place of whoever
 * stood there. By identity. One thread.
 */
final class Fragments<K> {
    private final @Nullable Object[] keys;
    private final @Nullable SerializableString[] fragments;
    private final Function<K, SerializableString> encode;

    /** @param slots a power of two */
    Fragments(int slots, Function<K, SerializableString> encode) {
        keys = new Object[slots];
        fragments = new SerializableString[slots];
        this.encode = encode;
    }

    @SuppressWarnings("ReferenceEquality") // by identity: equal keys are rare, comparing them costs what this saves
    SerializableString of(K key) {
        int slot = System.identityHashCode(key) & (keys.length - 1);
        SerializableString fragment = fragments[slot];
        if (fragment == null || keys[slot] != key) {
            fragment = encode.apply(key);
            keys[slot] = key;
            fragments[slot] = fragment;
        }
        return fragment;
    }
}
