package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins the parts of long messages. What a gap cut short, or what is over the limit, never becomes whole. One thread. */
public final class MessageParts {
    private final int bodyBytesMax;
    private final Map<Key, Packed> begun = new HashMap<>();

    private record Key(long session, Direction direction) {}

    /** @param bodyBytesMax of a message that is joined */
    public MessageParts(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
    }

    /** {@code part} itself where it is a whole message, what it completes where it is the last part, else null. */
    public @Nullable Message join(Message part) {
        Key key = new Key(part.session(), part.direction());
        if (!part.is(Message.CONTINUES)) {
            begun.remove(key);
            if (!part.is(Message.MORE)) {
                return part;
            }
            if (part.bodyLength() <= bodyBytesMax) {
                begun.put(key, append(new Packed(2 * part.body().length), part));
            }
            return null;
        }
        Packed body = begun.get(key);
        if (body == null || part.body().length > bodyBytesMax - body.length()) {
            begun.remove(key);
            return null;
        }
        append(body, part);
        if (part.is(Message.MORE)) {
            return null;
        }
        begun.remove(key);
        return part.is(Message.TRUNCATED) || body.length() == part.bodyLength() ? whole(part, body) : null;
    }

    private static Packed append(Packed to, Message part) {
        return to.bytes(part.body(), 0, part.body().length);
    }

    private static Message whole(Message last, Packed body) {
        int flags = last.flags() & ~Message.CONTINUES;
        return new Message(
                last.session(),
                last.nanos(),
                last.direction(),
                last.type(),
                flags,
                last.request(),
                last.bodyLength(),
                body.copy());
    }

    /** Of a session that is over. */
    public void forget(long session) {
        begun.remove(new Key(session, Direction.FRONTEND));
        begun.remove(new Key(session, Direction.BACKEND));
    }
}
