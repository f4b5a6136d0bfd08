package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the client's prepared statements a node knows, and what it has to be told so that a name means there what it means to the
 * client.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeStatements {
    private final SplitSession session;
    private final NodeSession node;
    private final ByteBufAllocator allocator;
    private final Map<String, Parsed> known = new HashMap<>(4);

    NodeStatements(SplitSession session, NodeSession node) {
        this.session = session;
        this.node = node;
        this.allocator = node.channel().alloc();
    }

    /** Whether the client has prepared something that the node has not heard of. */
    boolean lack(Collection<Parsed> prepared) {
        for (Parsed each : prepared) {
            if (isLacking(each)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLacking(Parsed each) {
        return !each.name().isEmpty() && each.isKept() && !known.containsKey(each.name());
    }

    /** Makes what is lacking of that; where nothing of the client's is open. */
    void prepareAll(Collection<Parsed> prepared) {
        ByteBuf said = allocator.buffer();
        List<Parsed> made = new ArrayList<>();
        for (Parsed each : prepared) {
            if (isLacking(each)) {
                append(said, each.again(allocator));
                known.put(each.name(), each);
                made.add(each);
            }
        }
        append(said, MessageWriter.bodyless(allocator, MessageType.Frontend.SYNC));
        node.run(said, fault -> {
            if (!fault.isEmpty()) {
                made.forEach(this::onNotParsed);
            }
        });
    }

    private static void append(ByteBuf said, ByteBuf message) {
        said.writeBytes(message);
        message.release();
    }

    /**
     * What has to be said before a message, so that it means here what it means to the client; null for nothing.
     *
     * @param uses the statement that the message names
     * @param parses the statement that it makes
     */
    @Nullable
    ByteBuf prepare(Segment segment, @Nullable Parsed uses, @Nullable Parsed parses) {
        Parsed named = uses == null ? parses : uses;
        if (named == null) {
            return null;
        }
        Parsed before = known.get(named.name());
        if (uses != null && before == uses) {
            return null;
        }
        ByteBuf said = null;
        if (before != null
                && !named.name().isEmpty()
                && (uses != null || !session.statements().knows(before))) {
            said = MessageWriter.closeStatement(allocator, session.charset(), named.name());
            segment.marks.add(new Segment.Mark(true, null));
            known.remove(named.name());
        }
        if (uses != null && uses.isKept()) {
            segment.marks.add(new Segment.Mark(true, uses));
            known.put(uses.name(), uses);
            ByteBuf parse = uses.again(allocator);
            if (said == null) {
                return parse;
            }
            append(said, parse);
        }
        return said;
    }

    /** The client's Parse goes there. */
    void learn(Segment segment, Parsed parsed) {
        segment.marks.add(new Segment.Mark(false, parsed));
        known.put(parsed.name(), parsed);
    }

    /** The client's Close goes there. */
    void forget(Segment segment, String name) {
        segment.marks.add(new Segment.Mark(false, null));
        known.remove(name);
    }

    /** The client has closed that one, elsewhere. */
    void drop(String name) {
        if (known.containsKey(name) && node.isReady() && !node.isOpen()) {
            known.remove(name);
            ByteBuf close = MessageWriter.closeStatement(allocator, session.charset(), name);
            append(close, MessageWriter.bodyless(allocator, MessageType.Frontend.SYNC));
            node.run(close, fault -> {});
        }
    }

    /** It was learned, and the node has refused it. */
    void onNotParsed(Parsed parsed) {
        known.remove(parsed.name(), parsed);
    }

    /** By SQL, the client has closed them all. */
    void forgetAll() {
        known.clear();
    }

    /** The client has closed them all by SQL, elsewhere. */
    void dropAll() {
        if (!known.isEmpty() && node.isReady() && !node.isOpen()) {
            known.clear();
            node.run(MessageWriter.query(allocator, "DEALLOCATE ALL"), fault -> {});
        }
    }
}
