package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.BindView;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.FunctionCallView;
import io.pgweir.wire.MessageType;
import org.jspecify.annotations.Nullable;

/** The client's half: what it asks goes into the {@link RequestQueue}, what it copies in goes into a {@link CopyStream}. */
final class Requests {
    private final RequestQueue queue;
    private final CopyStreams copies;
    private final ParameterCopier parameters;
    private @Nullable TextDigest digest;

    /** The request that runs something and came last: time spent on forwarding is its own. */
    private @Nullable Request lastRunning;

    /** Of the message that came last; null where it was none, or the server will skip it. */
    private @Nullable Request last;

    Requests(RequestQueue queue, CopyStreams copies, TrackerOptions options) {
        this.queue = queue;
        this.copies = copies;
        this.parameters = new ParameterCopier(options.parameterBytesMax());
    }

    void on(FrontendMessage message, long nanos) {
        last = null;
        switch (message) {
            case FrontendMessage.Query query -> addText(Request.Kind.QUERY, "", QueryText.whole(query.sql()), nanos);
            case FrontendMessage.Parse parse -> addParse(parse, QueryText.whole(parse.sql()), nanos);
            case FrontendMessage.Bind bind -> addBind(bind.body(), nanos);
            case FrontendMessage.FunctionCall call -> addCall(call.body(), nanos);
            case FrontendMessage.Execute execute -> addNamed(Request.Kind.EXECUTE, execute.portal(), nanos);
            case FrontendMessage.Describe describe ->
                addNamed(
                        describe.target() == FrontendMessage.Target.STATEMENT
                                ? Request.Kind.DESCRIBE_STATEMENT
                                : Request.Kind.DESCRIBE_PORTAL,
                        describe.name(),
                        nanos);
            case FrontendMessage.Close close ->
                addNamed(
                        close.target() == FrontendMessage.Target.STATEMENT
                                ? Request.Kind.CLOSE_STATEMENT
                                : Request.Kind.CLOSE_PORTAL,
                        close.name(),
                        nanos);
            case FrontendMessage.Sync ignored -> addNamed(Request.Kind.SYNC, "", nanos);
            case FrontendMessage.CopyDone ignored -> copies.onEnd();
            case FrontendMessage.CopyFail ignored -> copies.onEnd();
            case FrontendMessage.Malformed malformed -> addMalformed(malformed.type(), nanos);
            case FrontendMessage.CopyData ignored -> {}
            case FrontendMessage.Flush ignored -> {}
            case FrontendMessage.Terminate ignored -> {}
            case FrontendMessage.Unknown ignored -> {}
            case FrontendMessage.Authentication ignored -> {}
            case FrontendMessage.SaslInitialResponse ignored -> {}
        }
    }

    void onHead(FrontendMessage head, int bodyLength, long nanos) {
        digest = null;
        last = null;
        switch (head) {
            case FrontendMessage.Query query -> {
                QueryText text = QueryText.head(query.sql(), bodyLength - 1L);
                addText(Request.Kind.QUERY, "", text, nanos);
                digest = new TextDigest(text, 0);
            }
            case FrontendMessage.Parse parse -> {
                QueryText text = QueryText.head(parse.sql(), bodyLength);
                addParse(parse, text, nanos);
                digest = new TextDigest(text, 1);
            }
            default -> on(head, nanos);
        }
    }

    void onHeadChunk(ByteBuf buffer, int at, int length, boolean last) {
        if (digest != null) {
            digest.add(buffer, at, length, last);
            if (last) {
                digest = null;
            }
        }
    }

    @Nullable
    Request last() {
        return last;
    }

    /** Before the Execute that came last, its portal is to be described. */
    void describeFirst() {
        Request execute = last;
        if (execute != null && execute.kind == Request.Kind.EXECUTE) {
            Request describe = queue.addBeforeLast(Request.Kind.DESCRIBE_PORTAL, execute.startNanos);
            describe.name = execute.name;
            describe.own = true;
        }
    }

    void onForwarded(long ownNanos) {
        if (lastRunning != null && queue.size() > 0) {
            lastRunning.ownNanos += ownNanos;
        }
    }

    private void addParse(FrontendMessage.Parse parse, QueryText text, long nanos) {
        Request request = addText(Request.Kind.PARSE, parse.name(), text, nanos);
        if (request != null) {
            request.types = parse.parameterTypes();
        }
    }

    private void addBind(BindView bind, long nanos) {
        Request request = addNamed(Request.Kind.BIND, bind.portal(), nanos);
        if (request != null) {
            request.statementName = bind.statement();
            request.parameters = parameters.copy(bind);
        }
    }

    private void addCall(FunctionCallView call, long nanos) {
        Request request = addNamed(Request.Kind.FUNCTION_CALL, "", nanos);
        if (request != null) {
            request.functionOid = call.functionOid();
            request.parameters = parameters.copy(call);
        }
    }

    private @Nullable Request addText(Request.Kind kind, String name, QueryText text, long nanos) {
        Request request = addNamed(kind, name, nanos);
        if (request != null) {
            request.text = text;
        }
        return request;
    }

    private @Nullable Request addNamed(Request.Kind kind, String name, long nanos) {
        Request request = queue.add(kind, nanos);
        last = request;
        if (request != null) {
            request.name = name;
            if (kind.runs() || kind == Request.Kind.FUNCTION_CALL) {
                lastRunning = request;
            }
        }
        if (kind != Request.Kind.SYNC) {
            copies.onOtherRequest();
        }
        return request;
    }

    /** The server reads its type and then fails: what answers it is an ErrorResponse, as for any other of its type. */
    private void addMalformed(byte type, long nanos) {
        Request.@Nullable Kind kind = switch (type) {
            case MessageType.Frontend.QUERY -> Request.Kind.QUERY;
            case MessageType.Frontend.PARSE -> Request.Kind.PARSE;
            case MessageType.Frontend.BIND -> Request.Kind.BIND;
            case MessageType.Frontend.DESCRIBE -> Request.Kind.DESCRIBE_PORTAL;
            case MessageType.Frontend.EXECUTE -> Request.Kind.EXECUTE;
            case MessageType.Frontend.CLOSE, MessageType.Frontend.FLUSH -> Request.Kind.CLOSE_PORTAL;
            case MessageType.Frontend.FUNCTION_CALL -> Request.Kind.FUNCTION_CALL;
            case MessageType.Frontend.SYNC -> Request.Kind.SYNC;
            case MessageType.Frontend.COPY_DONE, MessageType.Frontend.COPY_FAIL -> Request.Kind.COPY_END;
            default -> null;
        };
        if (kind == Request.Kind.COPY_END) {
            copies.onEnd();
        } else if (kind != null) {
            Request request = addNamed(kind, "", nanos);
            if (request != null) {
                request.malformed = true;
            }
        }
    }
}
