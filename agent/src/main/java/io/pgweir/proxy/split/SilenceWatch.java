package io.pgweir.proxy.split;

import java.util.concurrent.TimeUnit;

/**
 * Looks whether a node for reads answers what pgweir asks of it: what the client asks may take its time. No timer where there is no
 * question.
 *
 * <p>Thread: the session's event loop.
 */
final class SilenceWatch {
    private final SplitSession session;
    private final NodeSession node;
    private final Unanswered unanswered;
    private boolean watching;

    /** When something was answered last, while it is watched. */
    private long answeredNanos;

    SilenceWatch(SplitSession session, NodeSession node, Unanswered unanswered) {
        this.session = session;
        this.node = node;
        this.unanswered = unanswered;
    }

    /** Something of pgweir's own is asked. */
    void onAsked(Segment segment) {
        segment.askedNanos = nanos();
        watch(nanosMax());
    }

    void onAnswered() {
        if (watching) {
            answeredNanos = nanos();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, nobody waits.
    private void watch(long nanos) {
        if (!node.leads && !watching) {
            watching = true;
            node.channel().eventLoop().schedule(session.mishaps().walled(this::look), nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        watching = false;
        Segment first = unanswered.first();
        if (first == null) {
            return;
        }
        long max = nanosMax();
        long rest = first.isClients() ? max : max - (nanos() - Math.max(first.askedNanos, answeredNanos));
        if (rest > 0) {
            watch(rest);
        } else {
            session.mishaps().onSilence(node, session.silenceMillisMax());
        }
    }

    private long nanosMax() {
        return TimeUnit.MILLISECONDS.toNanos(session.silenceMillisMax());
    }

    private long nanos() {
        return node.channel().eventLoop().ticker().nanoTime();
    }
}
