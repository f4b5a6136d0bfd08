package io.pgweir.proxy;

import io.pgweir.config.HostPort;
import io.pgweir.proxy.split.CancelTarget;
import java.net.SocketAddress;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which server session a CancelRequest means: filled from BackendKeyData as it passes, emptied as sessions end. Two nodes of
 * a cluster may use the same process id at once; the key tells them apart. Any thread.
 */
final class CancelKeys {
    /** What the server told one session, and what process that means at this moment. Any thread. */
    static final class Key {
        private final String cluster;
        private final int processId;
        private final byte[] key;
        private final UUID session;
        private volatile CancelTarget target;

        /**
         * @param key 4 bytes in protocol 3.0, up to 256 in 3.2
         * @param address that the session is connected to, of all that {@code node} may resolve to
         */
        Key(String cluster, int processId, byte[] key, HostPort node, SocketAddress address, UUID session) {
            this.cluster = cluster;
            this.processId = processId;
            this.key = key;
            this.session = session;
            this.target = new CancelTarget(node, address, processId, key);
        }

        UUID session() {
            return session;
        }

        CancelTarget target() {
            return target;
        }

        /** From here on, the session's requests go there. */
        void runsAt(CancelTarget elsewhere) {
            target = elsewhere;
        }
    }

    private record Backend(String cluster, int id) {}

    private final ConcurrentHashMap<Backend, List<Key>> keys = new ConcurrentHashMap<>();

    Key add(Key key) {
        keys.compute(new Backend(key.cluster, key.processId), (process, before) -> {
            List<Key> after = before == null ? new ArrayList<>(1) : new ArrayList<>(before);
            after.add(key);
            return after;
        });
        return key;
    }

    void remove(Key key) {
        keys.computeIfPresent(new Backend(key.cluster, key.processId), (process, before) -> {
            List<Key> after = new ArrayList<>(before);
            after.removeIf(each -> each.session.equals(key.session));
            return after.isEmpty() ? null : after;
        });
    }

    /** The session of {@code cluster} whose key is this one; compared in constant time. */
    @Nullable
    Key find(String cluster, int processId, byte[] key) {
        Key found = null;
        for (Key each : keys.getOrDefault(new Backend(cluster, processId), List.of())) {
            if (MessageDigest.isEqual(each.key, key)) {
                found = each;
            }
        }
        return found;
    }

    int size() {
        return keys.size();
    }
}
