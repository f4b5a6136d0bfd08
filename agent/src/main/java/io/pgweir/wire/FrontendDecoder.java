package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;

/**
 * Reads what a client sends, one whole body at a time, in place.
 *
 * <p>Bad content is a value ({@link FrontendMessage.Malformed}), never an exception. What PostgreSQL overlooks is
 * overlooked here too: bytes behind CopyDone, CopyFail and Terminate. Reads by absolute index within the body only.
 * One per session, on its event loop; the views in its messages are valid until the next call.
 */
public final class FrontendDecoder {
    private static final FrontendMessage.Execute EXECUTE_UNNAMED = new FrontendMessage.Execute("", 0);
    private static final int[] NO_TYPES = {};

    private final BodyReader reader = new BodyReader(new TextCache());
    private final BindView bindView = new BindView();
    private final FunctionCallView functionCallView = new FunctionCallView();
    private final BodyView copyView = new BodyView();
    private final FrontendMessage.Bind bind = new FrontendMessage.Bind(bindView);
    private final FrontendMessage.FunctionCall functionCall = new FrontendMessage.FunctionCall(functionCallView);
    private final FrontendMessage.CopyData copyData = new FrontendMessage.CopyData(copyView);
    private boolean saslOffered;

    /** The encoding of texts from the next message on; UTF-8 until told. */
    public void charset(Charset charset) {
        reader.charset(charset);
    }

    /** Whether the next {@code 'p'} answers AuthenticationSASL: it then names the mechanism. */
    public void saslOffered(boolean offered) {
        saslOffered = offered;
    }

    /** The message whose {@code bodyLength} bytes lie at {@code bodyAt}, all of them. */
    public FrontendMessage decode(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        reader.wrap(buffer, bodyAt, bodyLength);
        FrontendMessage message = read(type, bodyLength);
        String fault = reader.fault();
        return fault == null ? message : new FrontendMessage.Malformed(type, bodyLength, fault);
    }

    /**
     * What the first {@code availableLength} bytes of a body of {@code bodyLength} tell, for a message too long to be
     * gathered: the text of Query and Parse up to its last whole character (Parse without types), the parameters of Bind
     * and FunctionCall that lie whole in the head.
     */
    public FrontendMessage decodeHead(byte type, ByteBuf buffer, int bodyAt, int availableLength, int bodyLength) {
        if (availableLength >= bodyLength) {
            return decode(type, buffer, bodyAt, bodyLength);
        }
        reader.wrapHead(buffer, bodyAt, availableLength);
        FrontendMessage message = switch (type) {
            case MessageType.Frontend.QUERY -> new FrontendMessage.Query(reader.text());
            case MessageType.Frontend.PARSE -> new FrontendMessage.Parse(reader.name(), reader.text(), NO_TYPES);
            case MessageType.Frontend.BIND -> {
                bindView.readHead(reader);
                yield bind;
            }
            case MessageType.Frontend.FUNCTION_CALL -> {
                functionCallView.readHead(reader);
                yield functionCall;
            }
            default -> {
                if (!MessageType.frontendKnown(type)) {
                    yield new FrontendMessage.Unknown(type, bodyLength);
                }
                reader.fail("body length: " + bodyLength + " (expected: at most " + availableLength + ")");
                yield FrontendMessage.Flush.INSTANCE;
            }
        };
        String fault = reader.fault();
        return fault == null ? message : new FrontendMessage.Malformed(type, bodyLength, fault);
    }

    /** What is returned counts only where the reader has no fault. */
    private FrontendMessage read(byte type, int bodyLength) {
        return switch (type) {
            case MessageType.Frontend.BIND -> {
                bindView.read(reader);
                yield bind;
            }
            case MessageType.Frontend.EXECUTE -> execute();
            case MessageType.Frontend.COPY_DATA -> {
                copyView.wrap(reader.buffer(), reader.at(), bodyLength);
                yield copyData;
            }
            case MessageType.Frontend.SYNC -> bodyless(FrontendMessage.Sync.INSTANCE);
            case MessageType.Frontend.QUERY -> ended(new FrontendMessage.Query(reader.text()));
            case MessageType.Frontend.PARSE -> parse();
            case MessageType.Frontend.DESCRIBE -> ended(new FrontendMessage.Describe(target(), reader.name()));
            case MessageType.Frontend.CLOSE -> ended(new FrontendMessage.Close(target(), reader.name()));
            case MessageType.Frontend.FLUSH -> bodyless(FrontendMessage.Flush.INSTANCE);
            case MessageType.Frontend.COPY_DONE -> FrontendMessage.CopyDone.INSTANCE;
            case MessageType.Frontend.COPY_FAIL -> new FrontendMessage.CopyFail(reader.text());
            case MessageType.Frontend.TERMINATE -> FrontendMessage.Terminate.INSTANCE;
            case MessageType.Frontend.FUNCTION_CALL -> {
                functionCallView.read(reader);
                yield functionCall;
            }
            case MessageType.Frontend.AUTHENTICATION -> authentication(bodyLength);
            default -> new FrontendMessage.Unknown(type, bodyLength);
        };
    }

    private FrontendMessage bodyless(FrontendMessage message) {
        reader.end();
        return message;
    }

    private FrontendMessage ended(FrontendMessage message) {
        reader.end();
        return message;
    }

    private FrontendMessage execute() {
        String portal = reader.name();
        int maxRows = reader.int32();
        reader.end();
        return portal.isEmpty() && maxRows == 0 ? EXECUTE_UNNAMED : new FrontendMessage.Execute(portal, maxRows);
    }

    private FrontendMessage parse() {
        String name = reader.name();
        String sql = reader.text();
        int claimed = reader.count();
        int[] types = NO_TYPES;
        if (claimed > 0 && reader.fits(claimed, Integer.BYTES)) {
            types = new int[claimed];
            for (int i = 0; i < claimed; i++) {
                types[i] = reader.int32();
            }
        }
        reader.end();
        return new FrontendMessage.Parse(name, sql, types);
    }

    private FrontendMessage.Target target() {
        byte code = reader.int8();
        if (code == 'S') {
            return FrontendMessage.Target.STATEMENT;
        }
        if (code != 'P') {
            reader.fail("subtype: " + code + " (expected: 'S' or 'P')");
        }
        return FrontendMessage.Target.PORTAL;
    }

    private FrontendMessage authentication(int bodyLength) {
        if (!saslOffered) {
            return new FrontendMessage.Authentication(bodyLength);
        }
        saslOffered = false;
        String mechanism = reader.name();
        int length = reader.int32();
        if (length != ValueTable.NULL) {
            reader.skip(length);
        }
        reader.end();
        return new FrontendMessage.SaslInitialResponse(mechanism, bodyLength);
    }
}
