package io.pgweir.equality;

import io.pgweir.lab.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes out of a reply what differs between two sessions with the same server: process ids, keys, object ids. */
final class Masks {

    private static final int FIRST_USER_OID = 16384;

    private Masks() {}

    /** What differs in any script. */
    static Reply always(Reply reply) {
        return switch (reply.type()) {
            case 'K' -> zeroed(reply, 0, reply.body().length);
            case 'A' -> zeroed(reply, 0, 4);
            case 'T' -> columns(reply);
            case 't' -> oids(reply);
            default -> reply;
        };
    }

    /** The type alone. */
    static Reply emptied(Reply reply) {
        return new Reply(reply.type(), new byte[0]);
    }

    /** Severity and SQLSTATE of an error; its words are the speaker's own. */
    static Reply errorCode(Reply reply) {
        return new Reply(reply.type(), (reply.field('S') + " " + reply.field('C')).getBytes(StandardCharsets.US_ASCII));
    }

    private static Reply zeroed(Reply reply, int from, int to) {
        byte[] body = reply.body().clone();
        Arrays.fill(body, from, to, (byte) 0);
        return new Reply(reply.type(), body);
    }

    private static Reply columns(Reply reply) {
        ByteBuffer body = ByteBuffer.wrap(reply.body().clone());
        for (int n = body.getShort(); n > 0; n--) {
            while (body.get() != 0) {
                // the name
            }
            maskOid(body);
            body.getShort();
            maskOid(body);
            body.position(body.position() + 8);
        }
        return new Reply('T', body.array());
    }

    private static Reply oids(Reply reply) {
        ByteBuffer body = ByteBuffer.wrap(reply.body().clone());
        for (int n = body.getShort(); n > 0; n--) {
            maskOid(body);
        }
        return new Reply('t', body.array());
    }

    private static void maskOid(ByteBuffer body) {
        int at = body.position();
        if (body.getInt() >= FIRST_USER_OID) {
            body.putInt(at, FIRST_USER_OID);
        }
    }

    /** The message as it stands on the wire. */
    static byte[] wire(Reply reply) {
        var out = new ByteArrayOutputStream();
        out.write(reply.type());
        out.writeBytes(ByteBuffer.allocate(4).putInt(reply.body().length + 4).array());
        out.writeBytes(reply.body());
        return out.toByteArray();
    }
}
