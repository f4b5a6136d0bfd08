package io.pgweir.proxy.split;

import io.pgweir.sql.StatementKind;
import io.pgweir.wire.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node was asked and has not answered, in order, and the batch among it that no Sync has ended yet.
 *
 * <p>Thread: the session's event loop.
 */
final class Unanswered {
    private final ArrayDeque<Segment> segments = new ArrayDeque<>(4);

    /** The last of them, where no Sync has ended it; else null. */
    private @Nullable Segment open;

    /** What is answered next; null where nothing is asked. */
    @Nullable
    Segment first() {
        return segments.peek();
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    boolean isClients() {
        for (Segment segment : segments) {
            if (segment.isClients()) {
                return true;
            }
        }
        return false;
    }

    /** Whether one answer to the client is all there is. */
    boolean isOneOfClients() {
        return segments.size() == 1 && segments.getFirst().isClients();
    }

    /** The batch that no Sync has ended; null where there is none. */
    @Nullable
    Segment open() {
        return open;
    }

    void add(Segment segment) {
        segments.add(segment);
        if (segment.open) {
            open = segment;
        }
    }

    /** A Sync ends what is open. */
    void end(Segment ending) {
        ending.keep(new byte[] {MessageType.Frontend.SYNC, 0, 0, 0, 4}, null, null);
        ending.open = false;
        open = null;
    }

    /** What was asked first is answered. */
    void poll() {
        segments.poll();
    }

    /** @return all of it, in order: none of it will be answered */
    List<Segment> take() {
        List<Segment> taken = new ArrayList<>(segments);
        segments.clear();
        open = null;
        return taken;
    }

    /** The client has ended what it copies: whatever Syncs it had sent ahead of that the server has overlooked. */
    void onCopyEnd(Segment copying) {
        segments.clear();
        copying.open = copying.extended;
        open = null;
        add(copying);
    }

    /**
     * Whether a Sync would do nothing at this point of the batch but be answered, as the client is within a transaction block.
     *
     * @param status of the last ReadyForQuery
     * @return null where that is not known yet
     */
    @Nullable
    Boolean isOpenInBlock(byte status) {
        Segment batch = Objects.requireNonNull(open);
        for (Segment.Done done : batch.done.reversed()) {
            StatementKind kind = done.statement() == null
                    ? StatementKind.OTHER
                    : done.statement().kind();
            switch (kind) {
                case BEGIN -> {
                    return true;
                }
                case COMMIT, ROLLBACK, PREPARE_TRANSACTION -> {
                    return false;
                }
                default -> {}
            }
        }
        return segments.peek() == batch ? Boolean.valueOf(status != 'I') : null;
    }
}
