package io.pgweir.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a server sends, one whole body at a time, in place.
 *
 * <p>Bad content is a value ({@link BackendMessage.Malformed}), never an exception. Reads by absolute index within the body
 * only. One per session, on its event loop; the views in its messages are valid until the next call.
 */
public final class BackendDecoder {
    private static final BackendMessage.ReadyForQuery READY_IDLE =
            new BackendMessage.ReadyForQuery(TransactionStatus.IDLE);
    private static final BackendMessage.ReadyForQuery READY_IN_TRANSACTION =
            new BackendMessage.ReadyForQuery(TransactionStatus.IN_TRANSACTION);
    private static final BackendMessage.ReadyForQuery READY_FAILED =
            new BackendMessage.ReadyForQuery(TransactionStatus.FAILED);

    /** Shortest a cancel key can be, which is also the length of every key before protocol 3.2. */
    private static final int KEY_BYTES_MIN = 4;

    private static final int KEY_BYTES_MAX = 256;

    private static final int[] NO_TYPES = {};

    /** An empty name and six numbers. */
    private static final int COLUMN_BYTES_MIN = 19;

    private final BodyReader reader = new BodyReader(new TextCache());
    private final CommandTags tags = new CommandTags();
    private final ErrorFieldsReader errors = new ErrorFieldsReader();
    private final RowView rowView = new RowView();
    private final BodyView copyView = new BodyView();
    private final BackendMessage.DataRow dataRow = new BackendMessage.DataRow(rowView);
    private final BackendMessage.CopyData copyData = new BackendMessage.CopyData(copyView);

    /** The encoding of texts from the next message on; UTF-8 until told. */
    public void charset(Charset charset) {
        reader.charset(charset);
    }

    /** The message whose {@code bodyLength} bytes lie at {@code bodyAt}, all of them. */
    public BackendMessage decode(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        reader.wrap(buffer, bodyAt, bodyLength);
        BackendMessage message = read(type, bodyAt, bodyLength);
        String fault = reader.fault();
        return fault == null ? message : new BackendMessage.Malformed(type, bodyLength, fault);
    }

    /**
     * What the first {@code availableLength} bytes of a body of {@code bodyLength} tell, for a message too long to be
     * gathered: the fields of an ErrorResponse or NoticeResponse as far as they go. Nothing of other types.
     */
    public BackendMessage decodeHead(byte type, ByteBuf buffer, int bodyAt, int availableLength, int bodyLength) {
        if (availableLength >= bodyLength) {
            return decode(type, buffer, bodyAt, bodyLength);
        }
        reader.wrapHead(buffer, bodyAt, availableLength);
        if (type == MessageType.Backend.ERROR_RESPONSE) {
            return new BackendMessage.ErrorResponse(errors.readHead(reader));
        }
        if (type == MessageType.Backend.NOTICE_RESPONSE) {
            return new BackendMessage.NoticeResponse(errors.readHead(reader));
        }
        return MessageType.backendKnown(type)
                ? new BackendMessage.Malformed(
                        type, bodyLength, "body length: " + bodyLength + " (expected: at most " + availableLength + ")")
                : new BackendMessage.Unknown(type, bodyLength);
    }

    /** What is returned counts only where the reader has no fault. */
    private BackendMessage read(byte type, int bodyAt, int bodyLength) {
        return switch (type) {
            case MessageType.Backend.DATA_ROW -> {
                String fault = rowView.wrap(reader.buffer(), bodyAt, bodyLength);
                yield fault == null ? dataRow : new BackendMessage.Malformed(type, bodyLength, fault);
            }
            case MessageType.Backend.COPY_DATA -> {
                copyView.wrap(reader.buffer(), bodyAt, bodyLength);
                yield copyData;
            }
            case MessageType.Backend.READY_FOR_QUERY -> readyForQuery();
            case MessageType.Backend.COMMAND_COMPLETE -> tags.commandComplete(reader);
            case MessageType.Backend.BIND_COMPLETE -> ended(BackendMessage.BindComplete.INSTANCE);
            case MessageType.Backend.PARSE_COMPLETE -> ended(BackendMessage.ParseComplete.INSTANCE);
            case MessageType.Backend.CLOSE_COMPLETE -> ended(BackendMessage.CloseComplete.INSTANCE);
            case MessageType.Backend.NO_DATA -> ended(BackendMessage.NoData.INSTANCE);
            case MessageType.Backend.PORTAL_SUSPENDED -> ended(BackendMessage.PortalSuspended.INSTANCE);
            case MessageType.Backend.EMPTY_QUERY_RESPONSE -> ended(BackendMessage.EmptyQueryResponse.INSTANCE);
            case MessageType.Backend.COPY_DONE -> ended(BackendMessage.CopyDone.INSTANCE);
            case MessageType.Backend.ROW_DESCRIPTION -> rowDescription();
            case MessageType.Backend.PARAMETER_DESCRIPTION -> parameterDescription();
            case MessageType.Backend.ERROR_RESPONSE -> new BackendMessage.ErrorResponse(errors.read(reader));
            case MessageType.Backend.NOTICE_RESPONSE -> new BackendMessage.NoticeResponse(errors.read(reader));
            case MessageType.Backend.PARAMETER_STATUS ->
                ended(new BackendMessage.ParameterStatus(reader.name(), reader.text()));
            case MessageType.Backend.NOTIFICATION_RESPONSE ->
                ended(new BackendMessage.NotificationResponse(reader.int32(), reader.name(), reader.text()));
            case MessageType.Backend.COPY_IN_RESPONSE ->
                ended(new BackendMessage.CopyInResponse(copyFormat(), copyColumns()));
            case MessageType.Backend.COPY_OUT_RESPONSE ->
                ended(new BackendMessage.CopyOutResponse(copyFormat(), copyColumns()));
            case MessageType.Backend.COPY_BOTH_RESPONSE ->
                ended(new BackendMessage.CopyBothResponse(copyFormat(), copyColumns()));
            case MessageType.Backend.FUNCTION_CALL_RESPONSE -> functionCallResponse();
            case MessageType.Backend.AUTHENTICATION -> authentication();
            case MessageType.Backend.BACKEND_KEY_DATA -> backendKeyData();
            case MessageType.Backend.NEGOTIATE_PROTOCOL_VERSION -> negotiateProtocolVersion();
            default -> new BackendMessage.Unknown(type, bodyLength);
        };
    }

    private BackendMessage ended(BackendMessage message) {
        reader.end();
        return message;
    }

    private BackendMessage readyForQuery() {
        byte status = reader.int8();
        reader.end();
        return switch (status) {
            case 'I' -> READY_IDLE;
            case 'T' -> READY_IN_TRANSACTION;
            case 'E' -> READY_FAILED;
            default -> {
                reader.fail("transaction status: " + status + " (expected: 'I', 'T' or 'E')");
                yield READY_FAILED;
            }
        };
    }

    private BackendMessage rowDescription() {
        int claimed = reader.count();
        List<BackendMessage.Column> columns = List.of();
        if (claimed > 0 && reader.fits(claimed, COLUMN_BYTES_MIN)) {
            columns = new ArrayList<>(claimed);
            for (int i = 0; i < claimed && reader.fault() == null; i++) {
                columns.add(new BackendMessage.Column(
                        reader.name(),
                        reader.int32(),
                        reader.int16(),
                        reader.int32(),
                        reader.int16(),
                        reader.int32(),
                        reader.int16()));
            }
        }
        reader.end();
        return new BackendMessage.RowDescription(columns);
    }

    private BackendMessage parameterDescription() {
        int claimed = reader.count();
        int[] types = NO_TYPES;
        if (claimed > 0 && reader.fits(claimed, Integer.BYTES)) {
            types = new int[claimed];
            for (int i = 0; i < claimed; i++) {
                types[i] = reader.int32();
            }
        }
        reader.end();
        return new BackendMessage.ParameterDescription(types);
    }

    private CopyFormat copyFormat() {
        byte code = reader.int8();
        if (code != 0 && code != 1) {
            reader.fail("copy format: " + code + " (expected: 0 or 1)");
        }
        return code == 1 ? CopyFormat.BINARY : CopyFormat.TEXT;
    }

    private int copyColumns() {
        int claimed = reader.count();
        if (reader.fits(claimed, Short.BYTES)) {
            reader.skip(claimed * Short.BYTES);
        }
        return claimed;
    }

    private BackendMessage functionCallResponse() {
        int length = reader.int32();
        if (length != ValueTable.NULL) {
            reader.skip(length);
        }
        reader.end();
        return new BackendMessage.FunctionCallResponse(length);
    }

    private BackendMessage authentication() {
        int code = reader.int32();
        List<String> mechanisms = List.of();
        switch (code) {
            case BackendMessage.Authentication.SASL -> mechanisms = mechanisms();
            case BackendMessage.Authentication.MD5_PASSWORD -> reader.skip(4);
            case BackendMessage.Authentication.OK,
                    BackendMessage.Authentication.CLEARTEXT_PASSWORD,
                    BackendMessage.Authentication.GSS,
                    BackendMessage.Authentication.SSPI -> {}
            // Whatever a continuation, a last word or a method of the future carries: it is between client and server.
            default -> reader.skip(reader.remaining());
        }
        reader.end();
        return new BackendMessage.Authentication(code, mechanisms);
    }

    private List<String> mechanisms() {
        List<String> mechanisms = new ArrayList<>(2);
        for (String mechanism = reader.name(); !mechanism.isEmpty(); mechanism = reader.name()) {
            mechanisms.add(mechanism);
        }
        return mechanisms;
    }

    private BackendMessage backendKeyData() {
        int processId = reader.int32();
        int length = reader.remaining();
        if (length < KEY_BYTES_MIN || length > KEY_BYTES_MAX) {
            reader.fail("cancel key length: " + length + " (expected: " + KEY_BYTES_MIN + " to " + KEY_BYTES_MAX + ")");
            return new BackendMessage.BackendKeyData(processId, new byte[0]);
        }
        byte[] key = new byte[length];
        reader.buffer().getBytes(reader.at(), key);
        return new BackendMessage.BackendKeyData(processId, key);
    }

    private BackendMessage negotiateProtocolVersion() {
        int version = reader.int32();
        int claimed = reader.int32();
        List<String> options = new ArrayList<>();
        if (claimed < 0) {
            reader.fail("option count: " + claimed + " (expected: 0 or more)");
        } else if (reader.fits(claimed, 1)) {
            for (int i = 0; i < claimed && reader.fault() == null; i++) {
                options.add(reader.text());
            }
        }
        reader.end();
        return new BackendMessage.NegotiateProtocolVersion(version, options);
    }
}
