package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.MessageWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * A statement that the client has prepared, by protocol or by SQL, with what makes it known on another node. Two of the same words are
 * two.
 */
final class Parsed {
    /** Of {@link #reading}: nobody can tell. */
    static final int UNKNOWN_READING = -1;

    private final String name;
    private final @Nullable SqlStatement statement;
    private final byte @Nullable [] message;
    private final @Nullable SqlStatement definition;

    /** {@link SessionSettings#reading} when it was prepared by SQL. */
    private final int reading;

    /**
     * @param message the whole Parse as the client sent it; null where it was too long to be kept: it stays where it is
     * @param statement null of an empty text
     */
    Parsed(String name, @Nullable SqlStatement statement, byte @Nullable [] message) {
        this.name = name;
        this.statement = statement;
        this.message = message;
        this.definition = null;
        this.reading = UNKNOWN_READING;
    }

    /**
     * By SQL.
     *
     * @param statement behind AS
     * @param definition the whole PREPARE
     */
    Parsed(String name, SqlStatement statement, SqlStatement definition, int reading) {
        this.name = name;
        this.statement = statement;
        this.message = null;
        this.definition = definition;
        this.reading = reading;
    }

    String name() {
        return name;
    }

    @Nullable
    SqlStatement statement() {
        return statement;
    }

    /** The PREPARE that has made it; null of one that was made by protocol. */
    @Nullable
    SqlStatement definition() {
        return definition;
    }

    /** Whether another node can be given it. */
    boolean isKept() {
        return message != null || definition != null;
    }

    /**
     * Whether a PREPARE means now what it meant when the client said it.
     *
     * @param now {@link SessionSettings#reading}
     */
    boolean readsAlike(int now, Charset charset) {
        SqlStatement prepare = definition;
        return prepare == null
                || (reading == now
                        && prepare.text().indexOf('\uFFFD') < 0
                        && charset.newEncoder().canEncode(prepare.text()));
    }

    /** The Parse once more; the caller owns it. */
    ByteBuf again(ByteBufAllocator allocator) {
        byte[] kept = message;
        if (kept == null) {
            throw new IllegalStateException("not kept");
        }
        return allocator.buffer(kept.length).writeBytes(kept);
    }

    /** The PREPARE once more; the caller owns it. */
    static ByteBuf again(ByteBufAllocator allocator, Charset charset, SqlStatement definition) {
        return MessageWriter.query(allocator, charset, definition.text());
    }
}
