package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * A statement that the client has prepared by protocol, with what makes it known on another node. Two of the same words are two.
 */
final class Parsed {
    private final String name;
    private final @Nullable SqlStatement statement;
    private final byte @Nullable [] message;

    /**
     * @param message the whole Parse as the client sent it; null where it was too long to be kept: it stays where it is
     * @param statement null of an empty text
     */
    Parsed(String name, @Nullable SqlStatement statement, byte @Nullable [] message) {
        this.name = name;
        this.statement = statement;
        this.message = message;
    }

    String name() {
        return name;
    }

    @Nullable
    SqlStatement statement() {
        return statement;
    }

    boolean isKept() {
        return message != null;
    }

    /** The Parse once more; the caller owns it. */
    ByteBuf again(ByteBufAllocator allocator) {
        byte[] kept = message;
        if (kept == null) {
            throw new IllegalStateException("not kept");
        }
        return allocator.buffer(kept.length).writeBytes(kept);
    }
}
