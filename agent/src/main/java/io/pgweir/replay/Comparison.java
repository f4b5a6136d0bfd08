package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Of one session, lays each answer beside the one that was captured. Any thread. */
final class Comparison {
    /** Requests that wait for one of the two; what is over it is told as it is. */
    private static final int REQUESTS_MAX = 10_000;

    private final long session;
    private final Results results;
    private final Map<Long, Both> requests = new LinkedHashMap<>();

    private static final class Both {
        final ArrayDeque<Response> captured = new ArrayDeque<>(1);
        final ArrayDeque<Response> replayed = new ArrayDeque<>(1);
        String[] labels = {};
        int compared;

        String label() {
            return labels.length == 0 ? "" : labels[Math.min(compared, labels.length - 1)];
        }
    }

    Comparison(long session, Results results) {
        this.session = session;
        this.results = results;
    }

    private Both of(long request) {
        Both both = requests.get(request);
        if (both == null) {
            both = new Both();
            requests.put(request, both);
            if (requests.size() > REQUESTS_MAX) {
                Iterator<Map.Entry<Long, Both>> oldest = requests.entrySet().iterator();
                Map.Entry<Long, Both> one = oldest.next();
                oldest.remove();
                tellRest(one.getKey(), one.getValue());
            }
        }
        return both;
    }

    synchronized void onSent(long request, String[] labels) {
        if (labels.length > 0) {
            of(request).labels = labels;
        }
    }

    synchronized void onCaptured(Response response) {
        Both both = of(response.request());
        both.captured.add(response);
        compare(response.request(), both);
    }

    synchronized void onReplayed(Response response) {
        if (response.request() > 0) {
            Both both = of(response.request());
            both.replayed.add(response);
            compare(response.request(), both);
        }
    }

    private void compare(long request, Both both) {
        Response before = both.captured.peek();
        Response now = both.replayed.peek();
        if (before != null && now != null) {
            both.captured.poll();
            both.replayed.poll();
            results.onCompared(session, request, both.label(), before, now);
            both.compared++;
        }
    }

    /** Nothing follows. */
    synchronized void end() {
        requests.forEach(this::tellRest);
        requests.clear();
    }

    private void tellRest(long request, Both both) {
        for (Response before : both.captured) {
            results.onMissing(session, request, both.label(), before);
        }
        for (Response now : both.replayed) {
            results.onAdded(session, request, both.label(), now);
        }
    }
}
