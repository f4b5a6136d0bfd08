package io.pgweir.wire.value;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.Charset;

/**
 * One parameter or column value as text: in text format as sent, in binary format as PostgreSQL itself prints it with
 * DateStyle ISO, IntervalStyle postgres, TimeZone UTC, extra_float_digits 1 and bytea_output hex.
 *
 * <p>Stateless. Reads by absolute index within the value only, moves and keeps nothing.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype.html">Data Types</a>
 */
public final class ValueText {
    private ValueText() {}

    /**
     * Appends the value of {@code length} bytes (0 or more: a NULL has no text) at {@code offset}.
     *
     * @param charset of text, the session's client_encoding
     * @return false where the text is only the bytes in hex, {@code \x0102}: a binary value of a type unknown here, or
     *     bytes that do not fit the type
     */
    public static boolean append(
            StringBuilder out, int typeOid, int format, ByteBuf buffer, int offset, int length, Charset charset) {
        if (format == 0) {
            out.append(buffer.toString(offset, length, charset));
            return true;
        }
        int mark = out.length();
        if (format == 1 && appendBinary(out, typeOid, new BinaryValue(buffer, offset, length, charset))) {
            return true;
        }
        out.setLength(mark);
        appendHex(out, buffer, offset, length);
        return false;
    }

    /** False, with anything appended, where the bytes do not fit; also used for the elements of arrays. */
    static boolean appendBinary(StringBuilder out, int typeOid, BinaryValue value) {
        return switch (typeOid) {
            case PgType.BOOL -> value.is(1) && appended(out.append(value.int8() != 0 ? 't' : 'f'));
            case PgType.INT2 -> value.is(2) && appended(out.append(value.int16()));
            case PgType.INT4 -> value.is(4) && appended(out.append(value.int32()));
            case PgType.INT8 -> value.is(8) && appended(out.append(value.int64()));
            case PgType.OID, PgType.XID, PgType.CID ->
                value.is(4) && appended(out.append(Integer.toUnsignedLong(value.int32())));
            case PgType.XID8 -> value.is(8) && appended(out.append(Long.toUnsignedString(value.int64())));
            case PgType.FLOAT4 -> value.is(4) && FloatText.append(out, Float.intBitsToFloat(value.int32()));
            case PgType.FLOAT8 -> value.is(8) && FloatText.append(out, Double.longBitsToDouble(value.int64()));
            case PgType.NUMERIC -> NumericText.append(out, value);
            case PgType.TEXT,
                    PgType.VARCHAR,
                    PgType.BPCHAR,
                    PgType.NAME,
                    PgType.UNKNOWN,
                    PgType.CSTRING,
                    PgType.REFCURSOR,
                    PgType.XML,
                    PgType.JSON -> appended(out.append(value.text(value.remaining())));
            case PgType.JSONB ->
                value.remaining() > 0
                        && value.int8() == JSONB_VERSION
                        && appended(out.append(value.text(value.remaining())));
            case PgType.CHAR -> value.is(1) && appendChar(out, value.int8() & 0xff);
            case PgType.BYTEA -> {
                appendHex(out, value.buffer(), value.at(), value.remaining());
                yield true;
            }
            case PgType.UUID -> value.is(16) && appendUuid(out, value);
            case PgType.DATE -> value.is(4) && DateTimeText.appendDate(out, value.int32());
            case PgType.TIME -> value.is(8) && DateTimeText.appendTime(out, value.int64());
            case PgType.TIMETZ -> value.is(12) && DateTimeText.appendTimeTz(out, value.int64(), value.int32());
            case PgType.TIMESTAMP -> value.is(8) && DateTimeText.appendTimestamp(out, value.int64(), "");
            case PgType.TIMESTAMPTZ -> value.is(8) && DateTimeText.appendTimestamp(out, value.int64(), "+00");
            case PgType.INTERVAL ->
                value.is(16) && IntervalText.append(out, value.int64(), value.int32(), value.int32());
            case PgType.INET, PgType.CIDR -> AddressText.appendNetwork(out, value);
            case PgType.MACADDR -> value.is(6) && AddressText.appendMac(out, value);
            case PgType.MACADDR8 -> value.is(8) && AddressText.appendMac(out, value);
            case PgType.VOID -> value.is(0);
            default -> PgType.isArray(typeOid) && ArrayText.append(out, value);
        };
    }

    private static final int JSONB_VERSION = 1;

    /** Reads as "and then append" in the table above. */
    private static boolean appended(@SuppressWarnings("unused") StringBuilder out) {
        return true;
    }

    /** The one-byte type {@code "char"}: nothing for zero, octal beyond ASCII. */
    private static boolean appendChar(StringBuilder out, int code) {
        if (code >= 0x80) {
            out.append('\\')
                    .append((char) ('0' + (code >> 6)))
                    .append((char) ('0' + (code >> 3 & 7)))
                    .append((char) ('0' + (code & 7)));
        } else if (code != 0) {
            out.append((char) code);
        }
        return true;
    }

    private static boolean appendUuid(StringBuilder out, BinaryValue value) {
        String hex = ByteBufUtil.hexDump(value.buffer(), value.at(), value.remaining());
        out.append(hex, 0, 8).append('-').append(hex, 8, 12).append('-').append(hex, 12, 16);
        out.append('-').append(hex, 16, 20).append('-').append(hex, 20, 32);
        return true;
    }

    private static void appendHex(StringBuilder out, ByteBuf buffer, int offset, int length) {
        out.append("\\x").append(ByteBufUtil.hexDump(buffer, offset, length));
    }
}
