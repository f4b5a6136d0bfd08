package io.pgweir.audit.encode;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;

/**
 * Encoded once for an object that many events share: a table of fixed size in which a newcomer takes the place of whoever
 * stood there, when it comes for the second time. By identity. One thread.
 */
final class Fragments<K> {
    private final @Nullable Object[] keys;
    private final @Nullable Object[] cameOnce;
    private final @Nullable SerializableString[] fragments;
    private final Function<K, SerializableString> encode;

    /** @param slots a power of two */
    Fragments(int slots, Function<K, SerializableString> encode) {
        keys = new Object[slots];
        cameOnce = new Object[slots];
        fragments = new SerializableString[slots];
        this.encode = encode;
    }

    /** @return null for one that comes for the first time */
    @SuppressWarnings("ReferenceEquality") // by identity: equal keys are rare, comparing them costs what this saves
    @Nullable
    SerializableString of(K key) {
        int slot = System.identityHashCode(key) & (keys.length - 1);
        SerializableString fragment = fragments[slot];
        if (fragment != null && keys[slot] == key) {
            return fragment;
        }
        if (cameOnce[slot] != key) {
            cameOnce[slot] = key;
            return null;
        }
        fragment = encode.apply(key);
        keys[slot] = key;
        fragments[slot] = fragment;
        cameOnce[slot] = null;
        return fragment;
    }
}
