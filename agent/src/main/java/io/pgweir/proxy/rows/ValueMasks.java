package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgweir.rules.Masking;
import io.pgweir.wire.value.PgType;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes the mask of a column from what the rule says and what the column's type can show, the same in text and in binary
 * format:
 *
 * <pre>
 *   type                                    null   fixed                        partial   hash
 *   text varchar bpchar name char unknown   NULL   the text                     shown     shown
 *     and every type of category S (citext)
 *   json jsonb xml                          NULL   the text                     NULL      NULL
 *   bool int2 int4 int8 oid float4 float8   NULL   where it reads as one,       NULL      NULL
 *     uuid date                                      else NULL
 *   all others                              NULL   NULL                         NULL      NULL
 * </pre>
 *
 * A client that asks for an int4 must get four bytes or nothing: what is no value of the type would break its driver.
 */
public final class ValueMasks {
    private static final int TEXT = 0;
    private static final byte JSONB_VERSION = 1;
    private static final long DAYS_TO_2000 = LocalDate.of(2000, 1, 1).toEpochDay();

    private final byte[] keyBytes;
    private @Nullable MaskKey key;

    /** @param key of hashes */
    public ValueMasks(byte[] key) {
        this.keyBytes = key;
    }

    /**
     * @param textual whether the type's binary format is its text in the client encoding
     * @param format 0 text, 1 binary
     */
    public ValueMask of(Masking how, int typeOid, boolean textual, int format, Charset charset) {
        return switch (how) {
            case Masking.Nothing() -> NullMask.INSTANCE;
            case Masking.Fixed(String text) -> fixed(text, typeOid, textual, format, charset);
            case Masking.Partial partial -> textual ? new PartialMask(partial, charset) : NullMask.INSTANCE;
            case Masking.Hash() -> textual ? hash(charset) : NullMask.INSTANCE;
        };
    }

    private ValueMask hash(Charset charset) {
        MaskKey made = key;
        if (made == null) {
            made = new MaskKey(keyBytes);
            key = made;
        }
        return new HashMask(made, charset);
    }

    /** Whether a type of PostgreSQL's own is text in both formats. */
    public static boolean isTextual(int typeOid) {
        return switch (typeOid) {
            case PgType.TEXT, PgType.VARCHAR, PgType.BPCHAR, PgType.NAME, PgType.UNKNOWN, PgType.CSTRING -> true;
            default -> false;
        };
    }

    private static ValueMask fixed(String text, int typeOid, boolean textual, int format, Charset charset) {
        if (textual || typeOid == PgType.JSON || typeOid == PgType.XML) {
            return new FixedMask(text.getBytes(charset));
        }
        ByteBuf binary = Unpooled.buffer(16);
        boolean reads;
        try {
            reads = writeBinary(text.strip(), typeOid, charset, binary);
        } catch (IllegalArgumentException | DateTimeException none) {
            reads = false;
        }
        if (!reads) {
            return NullMask.INSTANCE;
        }
        return new FixedMask(format == TEXT ? text.strip().getBytes(charset) : ByteBufUtil.getBytes(binary));
    }

    /** @return false, or an exception, where {@code text} is no value of that type, or the type is none of these */
    private static boolean writeBinary(String text, int typeOid, Charset charset, ByteBuf out) {
        switch (typeOid) {
            case PgType.INT2 -> out.writeShort(Short.parseShort(text));
            case PgType.INT4 -> out.writeInt(Integer.parseInt(text));
            case PgType.INT8 -> out.writeLong(Long.parseLong(text));
            case PgType.OID -> out.writeInt(Integer.parseUnsignedInt(text));
            case PgType.FLOAT4 -> out.writeFloat(new BigDecimal(text).floatValue());
            case PgType.FLOAT8 -> out.writeDouble(new BigDecimal(text).doubleValue());
            case PgType.DATE -> out.writeInt((int) (LocalDate.parse(text).toEpochDay() - DAYS_TO_2000));
            case PgType.JSONB -> out.writeByte(JSONB_VERSION).writeBytes(text.getBytes(charset));
            case PgType.BOOL -> {
                boolean yes = text.equals("t");
                out.writeBoolean(yes);
                return yes || text.equals("f");
            }
            case PgType.UUID -> {
                UUID uuid = UUID.fromString(text);
                out.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits());
                return uuid.toString().equals(text.toLowerCase(Locale.ROOT));
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
