package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which of the client's prepared statements a node knows, and what it has to be told so that a name means there what it means to the
 * client.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeStatements {
    /** What a node has refused to make, it is not asked to make again for this long. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int REFUSALS_MAX = 64;

    private final SplitSession session;
    private final NodeSession node;
    private final ByteBufAllocator allocator;
    private final Map<String, Parsed> known = new HashMap<>(4);

    /** When it has refused to make one, by name. */
    private final Map<String, Long> refusals = new HashMap<>(0);

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

    /** What a leader has not heard of by SQL it has refused. */
    private boolean isLacking(Parsed each) {
        return !each.name().isEmpty()
                && each.isKept()
                && known.get(each.name()) != each
                && !(node.leads && each.definition() != null);
    }

    /** Whether one of them is not to be made there: it would be another one, or was refused a moment ago. */
    boolean mayNotMake(Collection<Parsed> prepared) {
        int reading = session.settings().reading();
        for (Parsed each : prepared) {
            Long refused = refusals.get(each.name());
            boolean late = refused == null || nanos() - refused >= REFUSED_NANOS;
            if (isLacking(each) && !(late && each.readsAlike(reading, session.charset()))) {
                return true;
            }
        }
        return false;
    }

    private long nanos() {
        return node.channel().eventLoop().ticker().nanoTime();
    }

    /** Makes what is lacking of that; where nothing of the client's is open. */
    void prepareAll(Collection<Parsed> prepared) {
        ByteBuf said = allocator.buffer();
        List<Parsed> made = new ArrayList<>();
        for (Parsed each : prepared) {
            if (!isLacking(each)) {
                continue;
            }
            if (known.remove(each.name()) != null) {
                append(said, MessageWriter.closeStatement(allocator, session.charset(), each.name()));
            }
            if (each.definition() == null) {
                append(said, each.again(allocator));
                known.put(each.name(), each);
                made.add(each);
            }
        }
        if (said.isReadable()) {
            append(said, MessageWriter.bodyless(allocator, MessageType.Frontend.SYNC));
            node.run(said, fault -> {
                if (!fault.isEmpty()) {
                    made.forEach(this::onRefused);
                }
            });
        } else {
            said.release();
        }
        if (!node.leads) {
            makeBySql(prepared);
        }
    }

    /** Makes what the client has made by SQL, of that; where nothing of the client's is open. */
    void makeBySql(Collection<Parsed> prepared) {
        for (Parsed each : prepared) {
            SqlStatement definition = each.definition();
            if (definition == null || known.get(each.name()) == each) {
                continue;
            }
            node.run(Parsed.again(allocator, session.charset(), definition), fault -> {
                if (fault.isEmpty()) {
                    learn(each);
                } else {
                    onRefused(each);
                }
            });
        }
    }

    private void onRefused(Parsed each) {
        onNotParsed(each);
        if (refusals.size() >= REFUSALS_MAX) {
            refusals.clear();
        }
        refusals.put(each.name(), nanos());
    }

    /** It was made there by SQL. */
    void learn(Parsed made) {
        known.put(made.name(), made);
    }

    /** It is gone, by SQL. */
    void forget(String name) {
        known.remove(name);
    }

    /** Something of pgweir's own is asked there: a Query takes the unnamed statement with it. */
    void onOwn() {
        known.remove("");
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
        if (uses != null && uses.isKept() && uses.definition() == null) {
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
