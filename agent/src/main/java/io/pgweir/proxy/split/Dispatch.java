package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.routing.split.Need;
import io.pgweir.wire.FrontendMessage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request goes to a node: what is expected of that from then on, and who has to know.
 *
 * <p>Thread: the session's event loop.
 */
final class Dispatch {
    private final SplitSession session;
    private final Leader leading;
    private final RequestReader reader;
    private final PositionShow positionShow;

    Dispatch(SplitSession session, Leader leading, RequestReader reader, PositionShow positionShow) {
        this.session = session;
        this.leading = leading;
        this.reader = reader;
        this.positionShow = positionShow;
    }

    /** It goes there: what has to be said before it; null for nothing. */
    @Nullable
    ByteBuf send(Request request, NodeSession node) {
        String reason = node == leading.node() || request.leads() != null
                ? Objects.requireNonNullElse(request.leads(), request.need().reason())
                : session.block().reason(request.statement(), request.need());
        Segment segment =
                request.isAlone() ? node.ask(node.route(reason, 0), true) : node.segment(node.route(reason, 0), true);
        ByteBuf first = node.statements().prepare(segment, request.uses(), request.parses());
        if (request.show() == Request.Show.NONE || request.content() instanceof FrontendMessage.Query) {
            positionShow.onOther();
        }
        segment.names.addAll(request.names());
        segment.keep(request.fault() == null ? request.message() : null, request.parses(), request.uses());
        Parsed parses = request.parses();
        if (parses != null) {
            session.statements().onParse(parses);
            node.statements().learn(segment, parses);
        } else if (request.content() instanceof FrontendMessage.Close(FrontendMessage.Target target, String name)) {
            if (target == FrontendMessage.Target.STATEMENT) {
                node.statements().forget(segment, name);
                session.ties().onClosed(name, node);
            } else {
                reader.onClose(name);
                segment.marks.add(new Segment.Mark(false, null));
            }
        }
        if (request.fault() == null) {
            segment.done.addAll(request.done());
        } else {
            segment.fault = request.fault();
        }
        if (request.runs() && node == leading.node()) {
            session.statements().onAsked(request.done());
            session.destinations().onLeaderAsked(segment, request.need(), reason);
        } else if (request.runs()) {
            session.destinations().onReaderAsked(reason);
            session.block().onAsked(node, request.done());
        }
        if (request.need().where() == Need.Where.ANY && !(request.content() instanceof FrontendMessage.Close)) {
            session.block().onQuery(node);
        }
        return first;
    }
}
