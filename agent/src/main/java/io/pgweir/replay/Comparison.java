package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import java.util.ArrayDeque;

/**
 * Of one session, lays each answer beside the one that was captured: both come in the order of their requests. Thread: the session's.
 */
final class Comparison {
    /** Answers that wait for their other one; what is over it is told as it is. */
    private static final int WAITING_MAX = 10_000;

    private static final String[] NO_LABELS = {};

    private final long session;
    private final Results results;
    private final ArrayDeque<Labelled> sent = new ArrayDeque<>();
    private final ArrayDeque<Response> captured = new ArrayDeque<>();
    private final ArrayDeque<Response> replayed = new ArrayDeque<>();

    /** The request that was told of last, and how many of its answers. */
    private long request;

    private int told;

    private record Labelled(long request, String[] labels) {}

    Comparison(long session, Results results) {
        this.session = session;
        this.results = results;
    }

    /** @param labels of each statement that it runs */
    void onSent(long number, String[] labels) {
        if (labels.length > 0) {
            sent.add(new Labelled(number, labels));
        }
    }

    void onCaptured(Response response) {
        captured.add(response);
        compare();
    }

    void onReplayed(Response response) {
        if (response.request() > 0) {
            replayed.add(response);
            compare();
        }
    }

    private void compare() {
        while (!captured.isEmpty() && !replayed.isEmpty()) {
            long before = captured.element().request();
            long now = replayed.element().request();
            if (before == now) {
                String label = label(now);
                results.onCompared(session, now, label, captured.remove(), replayed.remove());
            } else if (before < now) {
                tellMissing();
            } else {
                tellAdded();
            }
        }
        if (captured.size() > WAITING_MAX) {
            tellMissing();
        }
        if (replayed.size() > WAITING_MAX) {
            tellAdded();
        }
    }

    private void tellMissing() {
        Response before = captured.remove();
        results.onMissing(session, before.request(), label(before.request()), before);
    }

    private void tellAdded() {
        Response now = replayed.remove();
        results.onAdded(session, now.request(), label(now.request()), now);
    }

    /** Of the next statement of that request that something is told of. */
    private String label(long number) {
        if (number != request) {
            request = number;
            told = 0;
        }
        Labelled first = sent.peek();
        while (first != null && first.request < number) {
            sent.remove();
            first = sent.peek();
        }
        String[] labels = first == null || first.request != number ? NO_LABELS : first.labels;
        int which = told++;
        return labels.length == 0 ? "" : labels[Math.min(which, labels.length - 1)];
    }

    /** Nothing follows. */
    void end() {
        while (!captured.isEmpty()) {
            tellMissing();
        }
        while (!replayed.isEmpty()) {
            tellAdded();
        }
    }
}
