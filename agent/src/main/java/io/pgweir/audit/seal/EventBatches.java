package io.pgweir.audit.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One record an event: {@code {"events":[{"timestamp":...,"message":"{...}"}]}}, as {@code aws logs filter-log-events} and
 * {@code get-log-events} print it, several of them in a row too. A position is an event's number, from 1.
 */
final class EventBatches implements FileSource.Batches {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int EVENTS_MAX = 1000;

    private final JsonParser parser;
    private long event;
    private boolean ended;

    EventBatches(InputStream in) {
        parser = FACTORY.createParser(ObjectReadContext.empty(), in);
    }

    @Override
    public RecordSource.@Nullable Batch next() throws IOException {
        if (ended) {
            return null;
        }
        long first = event + 1;
        List<byte[]> messages = new ArrayList<>();
        String broken = null;
        try {
            while (messages.size() < EVENTS_MAX) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    ended = true;
                    break;
                }
                if (token == JsonToken.VALUE_STRING && "message".equals(parser.currentName())) {
                    messages.add(parser.getString().getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (JacksonException garbage) {
            // What came before it counts.
            ended = true;
            broken = "no JSON of log events from here on: " + garbage.getOriginalMessage();
        }
        event += messages.size();
        String fault = broken;
        return visitor -> {
            for (int i = 0; i < messages.size(); i++) {
                byte[] message = messages.get(i);
                visitor.record(message, 0, message.length, first + i);
            }
            if (fault != null) {
                visitor.unreadable(first + messages.size(), fault);
            }
        };
    }
}
