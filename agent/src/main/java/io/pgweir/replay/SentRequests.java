package io.pgweir.replay;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What was captured as which request, and since when the target could answer it. Thread: the session's. */
final class SentRequests {
    private static final class Sent {
        final long number;
        final long captured;
        final long ready;
        long since;

        Sent(long number, long captured, long ready, long since) {
            this.number = number;
            this.captured = captured;
            this.ready = ready;
            this.since = since;
        }
    }

    private final ArrayDeque<Sent> sent = new ArrayDeque<>();

    /** Of those, that were sent while the server had to answer what the client had waited for. */
    private final ArrayDeque<Sent> ahead = new ArrayDeque<>();

    /**
     * @param number as the tracker counts
     * @param captured as it was captured; 0 for none
     * @param ready how many ReadyForQuery the client had got by then
     * @param heard how many have come now
     */
    void onSent(long number, long captured, long ready, long heard, long now) {
        Sent request = new Sent(number, captured, ready, now);
        sent.add(request);
        if (ready > heard) {
            ahead.add(request);
        }
    }

    /** @param heard ReadyForQuery that have come */
    void onReady(long heard, long now) {
        for (Sent next = ahead.peek(); next != null && next.ready <= heard; next = ahead.peek()) {
            next.since = now;
            ahead.poll();
        }
    }

    /** When it was sent, or what the client had waited for had come, whichever was later. Those before are forgotten. */
    long since(long number, long asked) {
        Sent request = of(number);
        return request == null ? asked : request.since;
    }

    /** As it was captured; 0 for none. Those before are forgotten. */
    long captured(long number) {
        Sent request = of(number);
        return request == null ? 0 : request.captured;
    }

    /** Answers come in the order of their requests. */
    private @Nullable Sent of(long number) {
        Sent first = sent.peek();
        while (first != null && first.number < number) {
            sent.poll();
            first = sent.peek();
        }
        return first == null || first.number != number ? null : first;
    }
}
