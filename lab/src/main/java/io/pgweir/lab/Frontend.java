package io.pgweir.lab;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every message that a client may send, as the bytes that go on the wire; and {@link #message} for those it may not.
 * Source: PostgreSQL manual, "Message Formats".
 */
public final class Frontend {

    public static final int PROTOCOL_3_0 = 3 << 16;
    public static final int PROTOCOL_3_2 = 3 << 16 | 2;

    private static final int CANCEL_CODE = 80877102;
    private static final int SSL_CODE = 80877103;
    private static final int GSSENC_CODE = 80877104;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Frontend() {}

    public static byte[] startup(int version, Map<String, String> parameters) {
        var body = new Frontend().int32(version);
        parameters.forEach((name, value) -> body.text(name).text(value));
        return untyped(body.int8(0).toBytes());
    }

    public static byte[] sslRequest() {
        return untyped(new Frontend().int32(SSL_CODE).toBytes());
    }

    public static byte[] gssEncRequest() {
        return untyped(new Frontend().int32(GSSENC_CODE).toBytes());
    }

    public static byte[] cancelRequest(int pid, byte[] key) {
        return untyped(new Frontend().int32(CANCEL_CODE).int32(pid).raw(key).toBytes());
    }

    public static byte[] query(String sql) {
        return message('Q', new Frontend().text(sql).toBytes());
    }

    /** Parse; a type OID of 0 leaves the type to the server. */
    public static byte[] parse(String statement, String sql, int... typeOids) {
        var body = new Frontend().text(statement).text(sql).int16(typeOids.length);
        for (int oid : typeOids) {
            body.int32(oid);
        }
        return message('P', body.toBytes());
    }

    /** Bind with parameters and results in text. */
    public static byte[] bind(String portal, String statement, @Nullable String... values) {
        byte[] @Nullable [] encoded = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            encoded[i] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        }
        return bind(portal, statement, new int[0], encoded, new int[0]);
    }

    /** Bind in full: format codes are 0 for text, 1 for binary; none, one for all, or one each. */
    public static byte[] bind(
            String portal, String statement, int[] formats, byte[] @Nullable [] values, int[] resultFormats) {
        var body = new Frontend().text(portal).text(statement).int16(formats.length);
        for (int format : formats) {
            body.int16(format);
        }
        body.values(values).int16(resultFormats.length);
        for (int format : resultFormats) {
            body.int16(format);
        }
        return message('B', body.toBytes());
    }

    public static byte[] describeStatement(String name) {
        return message('D', new Frontend().int8('S').text(name).toBytes());
    }

    public static byte[] describePortal(String name) {
        return message('D', new Frontend().int8('P').text(name).toBytes());
    }

    /** Execute; 0 rows means all. */
    public static byte[] execute(String portal, int rowsMax) {
        return message('E', new Frontend().text(portal).int32(rowsMax).toBytes());
    }

    public static byte[] closeStatement(String name) {
        return message('C', new Frontend().int8('S').text(name).toBytes());
    }

    public static byte[] closePortal(String name) {
        return message('C', new Frontend().int8('P').text(name).toBytes());
    }

    public static byte[] sync() {
        return message('S');
    }

    public static byte[] flush() {
        return message('H');
    }

    public static byte[] terminate() {
        return message('X');
    }

    public static byte[] copyData(byte... body) {
        return message('d', body);
    }

    public static byte[] copyData(String body) {
        return copyData(body.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] copyDone() {
        return message('c');
    }

    public static byte[] copyFail(String reason) {
        return message('f', new Frontend().text(reason).toBytes());
    }

    public static byte[] password(String password) {
        return message('p', new Frontend().text(password).toBytes());
    }

    public static byte[] saslInitialResponse(String mechanism, String data) {
        byte[] encoded = data.getBytes(StandardCharsets.UTF_8);
        return message(
                'p',
                new Frontend()
                        .text(mechanism)
                        .int32(encoded.length)
                        .raw(encoded)
                        .toBytes());
    }

    public static byte[] saslResponse(String data) {
        return message('p', data.getBytes(StandardCharsets.UTF_8));
    }

    /** FunctionCall with all arguments and the result in one format (0 text, 1 binary). */
    public static byte[] functionCall(int functionOid, int format, byte[] @Nullable [] arguments) {
        return message(
                'F',
                new Frontend()
                        .int32(functionOid)
                        .int16(1)
                        .int16(format)
                        .values(arguments)
                        .int16(format)
                        .toBytes());
    }

    /** Any type byte with any body and the right length. */
    public static byte[] message(char type, byte... body) {
        return message(type, body.length + 4, body);
    }

    /** Any type byte, any length word (which counts itself), any body: for messages that lie. */
    public static byte[] message(char type, int length, byte... body) {
        return new Frontend().int8(type).int32(length).raw(body).toBytes();
    }

    /** Messages one behind the other, as one write. */
    public static byte[] concat(byte[]... messages) {
        var all = new Frontend();
        for (byte[] message : messages) {
            all.raw(message);
        }
        return all.toBytes();
    }

    /** Four bytes, most significant first: a binary int4. */
    public static byte[] int4(int value) {
        return new Frontend().int32(value).toBytes();
    }

    private static byte[] untyped(byte[] body) {
        return new Frontend().int32(body.length + 4).raw(body).toBytes();
    }

    private Frontend int8(int value) {
        bytes.write(value);
        return this;
    }

    private Frontend int16(int value) {
        return int8(value >> 8).int8(value);
    }

    private Frontend int32(int value) {
        return int16(value >> 16).int16(value);
    }

    private Frontend raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    private Frontend text(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    private Frontend values(byte[] @Nullable [] values) {
        int16(values.length);
        for (byte @Nullable [] value : values) {
            if (value == null) {
                int32(-1);
            } else {
                int32(value.length).raw(value);
            }
        }
        return this;
    }

    private byte[] toBytes() {
        return bytes.toByteArray();
    }
}
