package io.pgweir.audit.cloudwatch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * CloudWatch Logs as far as sinks use it: JSON 1.1 over HTTP, with every limit of PutLogEvents as the API reference states it, and
 * faults on demand. Threads of its own.
 */
public final class FakeCloudWatchLogs implements Closeable {
    static final int BATCH_BYTES_MAX = 1_048_576;
    static final int EVENT_BYTES_MAX = 1_048_550;

    private static final String TARGET = "Logs_20140328.";
    private static final Pattern ACCESS_KEY = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/.*");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What happens to the next call instead of an answer. */
    sealed interface Fault {
        record Answer(int status, String type) implements Fault {}

        /** No answer until {@link #release}. */
        record Hang() implements Fault {}

        /** The connection ends. */
        record Close() implements Fault {}
    }

    public record Stored(long millis, String message) {}

    /** Sizes of the calls of PutLogEvents that were taken: events and bytes as AWS counts them. */
    record Put(int events, int bytes) {}

    private static final class Refusal extends Exception {
        final String type;

        Refusal(String type, String message) {
            super(message);
            this.type = type;
        }
    }

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Map<String, Map<String, List<Stored>>> groups = new LinkedHashMap<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Set<String> expiredKeys = new HashSet<>();
    private final Set<String> denied = new HashSet<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Put> puts = new ArrayList<>();
    private Duration retention = Duration.ofDays(3650);
    private long skewMillis;

    public FakeCloudWatchLogs() throws IOException {
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void fail(Fault... next) {
        faults.addAll(List.of(next));
    }

    void release() {
        release.countDown();
    }

    synchronized void create(String group, String stream) {
        groups.computeIfAbsent(group, _ -> new LinkedHashMap<>()).put(stream, new ArrayList<>());
    }

    /** From now on the caller's policy does not let it. */
    synchronized void deny(String action) {
        denied.add(action);
    }

    synchronized void deleteGroup(String group) {
        groups.remove(group);
    }

    synchronized void expire(String accessKey) {
        expiredKeys.add(accessKey);
    }

    synchronized void retention(Duration of) {
        retention = of;
    }

    /** How far its clock is ahead of this host's. */
    synchronized void skew(Duration by) {
        skewMillis = by.toMillis();
    }

    public synchronized List<Stored> stored(String group, String stream) {
        return List.copyOf(groups.getOrDefault(group, Map.of()).getOrDefault(stream, List.of()));
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized List<Put> puts() {
        return List.copyOf(puts);
    }

    @Override
    public void close() {
        release();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Fault fault = faults.poll();
            switch (fault) {
                case null -> {
                    String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
                    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
                    answer(exchange, target, authorization, body);
                }
                case Fault.Answer(int status, String type) -> error(exchange, status, type, "as asked for");
                case Fault.Hang _ -> release.await();
                case Fault.Close _ -> {
                    // Leaving without an answer ends the connection.
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, String target, @Nullable String authorization, byte[] body)
            throws IOException {
        try {
            checkKey(authorization);
            JsonNode request = JSON.readTree(body);
            String action = target.startsWith(TARGET) ? target.substring(TARGET.length()) : target;
            send(exchange, 200, run(action, request).toString());
        } catch (Refusal refusal) {
            error(exchange, 400, refusal.type, String.valueOf(refusal.getMessage()));
        }
    }

    private static void error(HttpExchange exchange, int status, String type, String message) throws IOException {
        ObjectNode error = JSON.createObjectNode().put("__type", type).put("message", message);
        send(exchange, status, error.toString());
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private synchronized void checkKey(@Nullable String authorization) throws Refusal {
        Matcher key = ACCESS_KEY.matcher(String.valueOf(authorization));
        if (!key.matches()) {
            throw new Refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        if (expiredKeys.contains(key.group(1))) {
            throw new Refusal("ExpiredTokenException", "The security token included in the request is expired");
        }
    }

    private synchronized JsonNode run(String action, JsonNode request) throws Refusal {
        calls.add(action);
        if (denied.contains(action)) {
            throw new Refusal("AccessDeniedException", "not authorized to perform: logs:" + action);
        }
        return switch (action) {
            case "CreateLogGroup" -> createLogGroup(request);
            case "CreateLogStream" -> createLogStream(request);
            case "PutLogEvents" -> putLogEvents(request);
            default -> throw new Refusal("UnknownOperationException", action);
        };
    }

    private JsonNode createLogGroup(JsonNode request) throws Refusal {
        String group = request.get("logGroupName").asString();
        if (groups.putIfAbsent(group, new LinkedHashMap<>()) != null) {
            throw new Refusal("ResourceAlreadyExistsException", "The specified log group already exists");
        }
        return JSON.createObjectNode();
    }

    private JsonNode createLogStream(JsonNode request) throws Refusal {
        Map<String, List<Stored>> streams =
                groups.get(request.get("logGroupName").asString());
        if (streams == null) {
            throw new Refusal("ResourceNotFoundException", "The specified log group does not exist.");
        }
        if (streams.putIfAbsent(request.get("logStreamName").asString(), new ArrayList<>()) != null) {
            throw new Refusal("ResourceAlreadyExistsException", "The specified log stream already exists");
        }
        return JSON.createObjectNode();
    }

    private JsonNode putLogEvents(JsonNode request) throws Refusal {
        Map<String, List<Stored>> streams =
                groups.get(request.get("logGroupName").asString());
        if (streams == null) {
            throw new Refusal("ResourceNotFoundException", "The specified log group does not exist.");
        }
        List<Stored> stream = streams.get(request.get("logStreamName").asString());
        if (stream == null) {
            throw new Refusal("ResourceNotFoundException", "The specified log stream does not exist.");
        }
        ArrayNode events = (ArrayNode) request.get("logEvents");
        int bytes = checkLimits(events);
        puts.add(new Put(events.size(), bytes));
        return store(events, stream);
    }

    private static int checkLimits(ArrayNode events) throws Refusal {
        if (events.isEmpty() || events.size() > 10_000) {
            throw invalid("Member must have length between 1 and 10000: " + events.size());
        }
        int bytes = 0;
        long before = Long.MIN_VALUE;
        for (JsonNode event : events) {
            int length = event.get("message").asString().getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > EVENT_BYTES_MAX) {
                throw invalid("Log event too large: " + length + " bytes exceeds limit of " + EVENT_BYTES_MAX);
            }
            bytes += length + 26;
            long millis = event.get("timestamp").asLong();
            if (millis < before) {
                throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
            }
            before = millis;
        }
        if (bytes > BATCH_BYTES_MAX) {
            throw invalid("Upload too large: " + bytes + " bytes exceeds limit of " + BATCH_BYTES_MAX);
        }
        long span = before - events.get(0).get("timestamp").asLong();
        if (span > Duration.ofHours(24).toMillis()) {
            throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }
        return bytes;
    }

    private static Refusal invalid(String message) {
        return new Refusal("InvalidParameterException", message);
    }

    /** Events at the ends that are too old or too new are left out; indexes as the API reference has them. */
    private JsonNode store(ArrayNode events, List<Stored> stream) {
        long now = System.currentTimeMillis() + skewMillis;
        long tooOldBefore = now - Duration.ofDays(14).toMillis();
        long expiredBefore = now - retention.toMillis();
        long tooNewAfter = now + Duration.ofHours(2).toMillis();
        int tooOld = 0;
        int expired = 0;
        int tooNew = events.size();
        for (int i = 0; i < events.size(); i++) {
            long millis = events.get(i).get("timestamp").asLong();
            if (millis < tooOldBefore) {
                tooOld = i + 1;
            } else if (millis < expiredBefore) {
                expired = i + 1;
            } else if (millis > tooNewAfter) {
                tooNew = Math.min(tooNew, i);
            } else {
                stream.add(new Stored(millis, events.get(i).get("message").asString()));
            }
        }
        ObjectNode answer = JSON.createObjectNode().put("nextSequenceToken", "0");
        if (tooOld > 0 || expired > 0 || tooNew < events.size()) {
            ObjectNode rejected = answer.putObject("rejectedLogEventsInfo");
            if (tooOld > 0) {
                rejected.put("tooOldLogEventEndIndex", tooOld);
            }
            if (expired > 0) {
                rejected.put("expiredLogEventEndIndex", expired);
            }
            if (tooNew < events.size()) {
                rejected.put("tooNewLogEventStartIndex", tooNew);
            }
        }
        return answer;
    }
}
