package io.pgweir.proxy.tap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.capture.Disguise;
import io.pgweir.session.SessionTracker;
import io.pgweir.session.Snapshot;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.LiteralReplacer;
import io.pgweir.wire.MessageType.Backend;
import io.pgweir.wire.MessageType.Frontend;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a session with other values in them, as {@link Disguise} makes them. What cannot be read, or is not known, is taken as
 * one value; rows are left out. Thread: the session's event loop.
 */
final class MessageDisguise {
    private static final byte[] LEFT_OUT = "***".getBytes(StandardCharsets.US_ASCII);

    /** Those whose value says nothing of anybody. */
    private static final Set<String> HARMLESS = Set.of(
            "client_encoding",
            "server_encoding",
            "server_version",
            "datestyle",
            "intervalstyle",
            "timezone",
            "integer_datetimes",
            "standard_conforming_strings",
            "in_hot_standby",
            "is_superuser",
            "default_transaction_read_only",
            "scram_iterations");

    private final Disguise disguise;
    private final SessionTracker tracker;
    private final TextSecrets secrets;
    private final LiteralReplacer.Values values;

    /** Whether what the client copies in is text: the server has said so. */
    private boolean copiesText;

    MessageDisguise(Disguise disguise, SessionTracker tracker) {
        this.disguise = disguise;
        this.tracker = tracker;
        secrets = new TextSecrets(tracker);
        values = new LiteralReplacer.Values() {
            @Override
            public String text(String value) {
                return disguise.text(value, tracker.clientCharset());
            }

            @Override
            public String digits(String value, int radix) {
                return disguise.digits(value, radix);
            }
        };
    }

    /** With checksums that are equal where they were. */
    Response checksums(Response of) {
        return new Response(
                of.session(),
                of.nanos(),
                of.request(),
                of.rows(),
                of.bytes(),
                of.tag(),
                of.sqlState(),
                of.firstNanos(),
                of.totalNanos(),
                disguise.checksum(of.ordered()),
                disguise.checksum(of.unordered()),
                of.notices());
    }

    /** @return null where the message has no values */
    @Nullable
    ByteBuf frontend(byte type, ByteBuf buffer, int bodyAt, int length) {
        return switch (type) {
            case Frontend.CLOSE,
                    Frontend.COPY_DONE,
                    Frontend.DESCRIBE,
                    Frontend.EXECUTE,
                    Frontend.FLUSH,
                    Frontend.SYNC,
                    Frontend.TERMINATE,
                    Frontend.AUTHENTICATION -> null;
            case Frontend.COPY_DATA -> copied(buffer, bodyAt, length);
            default -> {
                byte[] body = bytes(buffer, bodyAt, length);
                yield Unpooled.wrappedBuffer(
                        switch (type) {
                            case Frontend.QUERY -> statement(body, 0);
                            case Frontend.PARSE -> statement(body, zero(body, 0) + 1);
                            case Frontend.BIND -> parameters(body, zero(body, zero(body, 0) + 1) + 1);
                            case Frontend.FUNCTION_CALL -> parameters(body, Integer.BYTES);
                            case Frontend.COPY_FAIL -> words(body);
                            default -> whole(body);
                        });
            }
        };
    }

    /** Some bytes of CopyData: a value that goes on with the next ones is two. */
    ByteBuf copied(ByteBuf buffer, int at, int length) {
        byte[] bytes = bytes(buffer, at, length);
        return Unpooled.wrappedBuffer(copiesText ? words(bytes) : whole(bytes));
    }

    private static byte[] bytes(ByteBuf buffer, int at, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(at, bytes);
        return bytes;
    }

    private byte[] whole(byte[] body) {
        disguise.binary(body, 0, body.length);
        return body;
    }

    private byte[] words(byte[] body) {
        disguise.words(body, 0, body.length);
        return body;
    }

    /** Where the next zero byte is; behind the end where there is none. */
    private static int zero(byte[] body, int from) {
        int at = from;
        while (at < body.length && body[at] != 0) {
            at++;
        }
        return at;
    }

    private byte[] statement(byte[] body, int from) {
        int end = zero(body, from);
        if (end >= body.length) {
            return whole(body);
        }
        Charset charset = tracker.clientCharset();
        String text = new String(body, from, end - from, charset);
        if (!Arrays.equals(text.getBytes(charset), 0, end - from, body, from, end)) {
            // The server refuses what is not in the encoding.
            disguise.words(body, from, end);
            return body;
        }
        byte[] other = sql(text).getBytes(charset);
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
        out.write(body, 0, from);
        out.writeBytes(other);
        out.write(body, end, body.length - end);
        return out.toByteArray();
    }

    private String sql(String text) {
        return LiteralReplacer.replace(
                secrets.redacted(text), new LexicalRules(tracker.standardConformingStrings()), values);
    }

    /** Formats, then values, then what is kept. */
    private byte[] parameters(byte[] body, int from) {
        ByteBuffer read = ByteBuffer.wrap(body);
        if (from + Short.BYTES > body.length) {
            return whole(body);
        }
        read.position(from);
        int formats = read.getShort() & 0xffff;
        int formatsAt = read.position();
        if (read.remaining() < formats * Short.BYTES + Short.BYTES) {
            return whole(body);
        }
        read.position(formatsAt + formats * Short.BYTES);
        int count = read.getShort() & 0xffff;
        for (int i = 0; i < count; i++) {
            int length = read.remaining() < Integer.BYTES ? Integer.MAX_VALUE : read.getInt();
            if (length > read.remaining()) {
                return whole(body);
            }
            if (length >= 0) {
                int at = read.position();
                int format = formats == 1 ? 0 : i;
                boolean text = formats == 0 || (format < formats && read.getShort(formatsAt + 2 * format) == 0);
                if (text) {
                    disguise.text(body, at, at + length);
                } else {
                    disguise.binary(body, at, at + length);
                }
                read.position(at + length);
            }
        }
        return body;
    }

    /** Whether nothing of such a message is kept. */
    static boolean leavesOut(byte type) {
        return switch (type) {
            case Backend.AUTHENTICATION,
                    Backend.BACKEND_KEY_DATA,
                    Backend.BIND_COMPLETE,
                    Backend.CLOSE_COMPLETE,
                    Backend.COMMAND_COMPLETE,
                    Backend.COPY_DONE,
                    Backend.COPY_IN_RESPONSE,
                    Backend.COPY_OUT_RESPONSE,
                    Backend.COPY_BOTH_RESPONSE,
                    Backend.EMPTY_QUERY_RESPONSE,
                    Backend.ERROR_RESPONSE,
                    Backend.NEGOTIATE_PROTOCOL_VERSION,
                    Backend.NO_DATA,
                    Backend.NOTICE_RESPONSE,
                    Backend.NOTIFICATION_RESPONSE,
                    Backend.PARAMETER_DESCRIPTION,
                    Backend.PARAMETER_STATUS,
                    Backend.PARSE_COMPLETE,
                    Backend.PORTAL_SUSPENDED,
                    Backend.READY_FOR_QUERY,
                    Backend.ROW_DESCRIPTION -> false;
            default -> true;
        };
    }

    /** Whether a message may stay as it is. */
    static boolean hasValues(byte type) {
        return switch (type) {
            case Backend.ERROR_RESPONSE,
                    Backend.NOTICE_RESPONSE,
                    Backend.NOTIFICATION_RESPONSE,
                    Backend.PARAMETER_STATUS -> true;
            default -> leavesOut(type);
        };
    }

    /** @return null where the message has no values */
    @Nullable
    ByteBuf backend(byte type, ByteBuf buffer, int bodyAt, int length) {
        switch (type) {
            case Backend.COPY_IN_RESPONSE -> copiesText = length > 0 && buffer.getByte(bodyAt) == 0;
            case Backend.READY_FOR_QUERY, Backend.COPY_BOTH_RESPONSE -> copiesText = false;
            default -> {}
        }
        if (!hasValues(type)) {
            return null;
        }
        byte[] body = bytes(buffer, bodyAt, length);
        return Unpooled.wrappedBuffer(
                switch (type) {
                    case Backend.ERROR_RESPONSE, Backend.NOTICE_RESPONSE -> fields(body);
                    case Backend.NOTIFICATION_RESPONSE -> rest(body, zero(body, Integer.BYTES) + 1);
                    default -> status(body);
                });
    }

    /** Without what a server says in words, and what it quotes. */
    private static byte[] fields(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
        int at = 0;
        while (at < body.length && body[at] != 0) {
            int end = zero(body, at);
            switch (body[at]) {
                case 'S', 'V', 'C', 'P', 'p', 'F', 'L', 'R', 's', 't', 'c', 'd', 'n' -> {
                    out.write(body, at, end - at);
                    out.write(0);
                }
                case 'M' -> {
                    out.write('M');
                    out.writeBytes(LEFT_OUT);
                    out.write(0);
                }
                default -> {}
            }
            at = end + 1;
        }
        out.write(0);
        return out.toByteArray();
    }

    private byte[] rest(byte[] body, int from) {
        disguise.text(body, Math.min(from, body.length), zero(body, Math.min(from, body.length)));
        return body;
    }

    private byte[] status(byte[] body) {
        int end = zero(body, 0);
        return isHarmless(new String(body, 0, end, StandardCharsets.UTF_8)) ? body : rest(body, end + 1);
    }

    private static boolean isHarmless(String setting) {
        return HARMLESS.contains(setting.toLowerCase(Locale.ROOT));
    }

    Setting setting(String name, String value) {
        return new Setting(name, isHarmless(name) ? value : values.text(value));
    }

    Statement statement(Snapshot.Prepared prepared) {
        return new Statement(prepared.name(), sql(prepared.text()), prepared.types());
    }
}
