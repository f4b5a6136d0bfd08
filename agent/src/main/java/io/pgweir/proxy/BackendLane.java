package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server's messages mean. All of them pass, but for the one offer that cannot be kept: see {@link ScramBinding}.
 */
final class BackendLane implements Lane {
    /** libpq takes an error before authentication for one of protocol 2, without a length, outside of these bounds. */
    private static final int ERROR_LENGTH_MIN = 8;

    private static final int ERROR_LENGTH_MAX = 30_000;

    /** Reported by PostgreSQL 14 and later: at the start of a session, and when it changes. */
    private static final String IN_HOT_STANDBY = "in_hot_standby";

    private final BackendDecoder decoder = new BackendDecoder();
    private final Meaning meaning;
    private final ProxySession session;
    private final AuditGate gate;
    private final ScramBinding binding;
    private final @Nullable ResultRules rules;
    private final ByteBufAllocator allocator;
    private final int messageBytes;

    private boolean authenticated;
    private boolean copy;
    private boolean first;
    private boolean unknownTold;

    BackendLane(
            ProxySession session,
            Meaning meaning,
            AuditGate gate,
            ScramBinding binding,
            @Nullable ResultRules rules,
            ByteBufAllocator allocator,
            int messageBytes) {
        this.session = session;
        this.meaning = meaning;
        this.gate = gate;
        this.binding = binding;
        this.rules = rules;
        this.allocator = allocator;
        this.messageBytes = messageBytes;
    }

    @Override
    public int look(byte type, int length) {
        if (type == MessageType.Backend.DATA_ROW && length >= MessageType.LENGTH_BYTES) {
            return rules == null ? STREAM : lookAtRow(rules, type, length);
        }
        if (length < MessageType.LENGTH_BYTES || isProtocol2Error(type, length)) {
            return RAW;
        }
        if (type == MessageType.Backend.COPY_DATA && rules != null) {
            return lookAtRow(rules, type, length);
        }
        if (type == MessageType.Backend.COPY_DATA || !meaning.isOn() || !MessageType.backendKnown(type)) {
            return STREAM;
        }
        int bodyLength = length - MessageType.LENGTH_BYTES;
        if (bodyLength <= messageBytes) {
            return bodyLength;
        }
        if (type == MessageType.Backend.ERROR_RESPONSE) {
            return messageBytes;
        }
        return rules != null && rules.discards(type) ? DISCARD : STREAM;
    }

    private int lookAtRow(ResultRules asked, byte type, int length) {
        try {
            if (meaning.isOn()) {
                return asked.look(type, length - MessageType.LENGTH_BYTES, messageBytes);
            }
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
        // What nobody can judge any more goes nowhere where somebody must.
        return session.ending.isOver() ? DISCARD : STREAM;
    }

    private boolean isProtocol2Error(byte type, int length) {
        return !authenticated
                && type == MessageType.Backend.ERROR_RESPONSE
                && (length < ERROR_LENGTH_MIN || length > ERROR_LENGTH_MAX);
    }

    @Override
    public void onLast(byte type, int length) {
        if (!isProtocol2Error(type, length)) {
            session.ending.onServerViolation(type, length);
        }
    }

    @Override
    public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        Disposition disposition = Disposition.FORWARD;
        try {
            if (rules != null && (type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA)) {
                return rules.onRow(type, buffer, bodyAt, bodyLength);
            }
            decoder.charset(meaning.tracker().clientCharset());
            BackendMessage message = decoder.decode(type, buffer, bodyAt, bodyLength);
            disposition = judge(message);
            Disposition ruled = rules == null ? null : rules.on(message, gate);
            if (ruled != null) {
                return ruled;
            }
            if (message instanceof BackendMessage.ErrorResponse error) {
                ErrorFields refusal = refusalFor(error);
                if (refusal != null) {
                    message = new BackendMessage.ErrorResponse(refusal);
                    disposition = new Disposition.Replace(
                            Refusal.ofStatement(allocator, meaning.tracker().clientCharset(), refusal));
                } else if (error.fields().position() > 0 && meaning.tracker().isRewritten()) {
                    message = new BackendMessage.ErrorResponse(error.fields().withoutPosition());
                    disposition = new Disposition.Replace(
                            MessageWriter.errorWithoutPosition(allocator, buffer, bodyAt, bodyLength));
                }
            }
            boolean own = rules != null && rules.isOwn(message);
            if (rules != null) {
                rules.hears(message);
            }
            meaning.tracker().onBackend(message, meaning.nanos());
            if (rules != null) {
                rules.heard(message);
            }
            if (own) {
                disposition = Disposition.DROP;
            } else if (message instanceof BackendMessage.ReadyForQuery) {
                disposition = gate.onReady();
            }
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
        return session.ending.isOver() ? stopInstead(disposition) : disposition;
    }

    /** The session ends behind what was judged before. */
    private static Disposition stopInstead(Disposition disposition) {
        if (disposition instanceof Disposition.Replace(ByteBuf bytes)) {
            bytes.release();
        }
        return Disposition.STOP;
    }

    /** What pgweir had the server refuse is refused in pgweir's words; the server's own end is the server's. */
    private @Nullable ErrorFields refusalFor(BackendMessage.ErrorResponse error) {
        if (error.fields().isFatal()) {
            return null;
        }
        ErrorFields refusal = meaning.tracker().refusal();
        return refusal == null ? session.inPlaceOf(error.fields()) : refusal;
    }

    /** What the session itself must know of the few messages that open and end it. */
    private Disposition judge(BackendMessage message) {
        if (message instanceof BackendMessage.Authentication(int code, List<String> mechanisms)) {
            authenticated = code == BackendMessage.Authentication.OK;
            session.onAuthentication(!authenticated && code != BackendMessage.Authentication.SASL_FINAL);
            if (code == BackendMessage.Authentication.SASL) {
                return onSasl(mechanisms);
            }
        } else if (message instanceof BackendMessage.ParameterStatus(String name, String value)
                && name.equals(IN_HOT_STANDBY)) {
            session.onHotStandby(value.equals("on"));
        } else if (message instanceof BackendMessage.BackendKeyData(int processId, byte[] key)) {
            session.onCancelKey(processId, key);
        } else if (message instanceof BackendMessage.ErrorResponse error
                && error.fields().isFatal()) {
            session.ending.onServerFatal(error.fields());
        }
        return Disposition.FORWARD;
    }

    private Disposition onSasl(List<String> mechanisms) {
        session.ending.onSaslOffer();
        if (binding != ScramBinding.STRIP || !mechanisms.contains(ScramBinding.PLUS)) {
            return Disposition.FORWARD;
        }
        List<String> kept = mechanisms.stream()
                .filter(mechanism -> !mechanism.equals(ScramBinding.PLUS))
                .toList();
        return new Disposition.Replace(MessageWriter.authenticationSasl(allocator, kept));
    }

    /** An error longer than is gathered: its severity and SQLSTATE stand at its beginning. */
    @Override
    public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
        copy = false;
        try {
            decoder.charset(meaning.tracker().clientCharset());
            BackendMessage message = decoder.decodeHead(type, buffer, bodyAt, headLength, bodyLength);
            judge(message);
            Disposition ruled = rules == null ? null : rules.on(message, gate);
            if (ruled != null) {
                return ruled;
            }
            meaning.tracker().onBackend(message, meaning.nanos());
            if (rules != null) {
                rules.heard(message);
            }
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
        return Disposition.FORWARD;
    }

    @Override
    public @Nullable ByteBuf takeOwn() {
        return rules == null ? null : rules.results().takeOwn();
    }

    @Override
    public void onStream(byte type, int bodyLength) {
        copy = type == MessageType.Backend.COPY_DATA;
        first = true;
        if (!meaning.isOn() || (copy && rules == null)) {
            return;
        }
        try {
            if (rules != null && rules.onStream(type, bodyLength)) {
                return;
            }
            if (type == MessageType.Backend.DATA_ROW) {
                meaning.tracker().onDataRow(bodyLength, meaning.nanos());
            } else if (!copy) {
                BackendMessage message = unread(type, bodyLength);
                if (message != null) {
                    meaning.tracker().onBackend(message, meaning.nanos());
                }
            }
        } catch (RuntimeException fault) {
            meaning.fail(fault);
        }
    }

    @Override
    public void onChunk(ByteBuf buffer, int at, int length, boolean last) {
        if (copy && meaning.isOn()) {
            try {
                meaning.tracker().onBackendCopyData(buffer, at, length, first, last, meaning.nanos());
                first = false;
            } catch (RuntimeException fault) {
                meaning.fail(fault);
            }
        }
    }

    /** What a message that is not looked into says by being there; null where that is nothing. */
    private @Nullable BackendMessage unread(byte type, int bodyLength) {
        return switch (type) {
            case MessageType.Backend.FUNCTION_CALL_RESPONSE ->
                new BackendMessage.FunctionCallResponse(bodyLength - Integer.BYTES);
            case MessageType.Backend.ROW_DESCRIPTION -> new BackendMessage.RowDescription(List.of());
            case MessageType.Backend.PARAMETER_DESCRIPTION -> new BackendMessage.ParameterDescription(new int[0]);
            case MessageType.Backend.NOTICE_RESPONSE, MessageType.Backend.NOTIFICATION_RESPONSE -> null;
            default -> {
                if (MessageType.backendKnown(type)) {
                    yield new BackendMessage.Malformed(
                            type,
                            bodyLength,
                            "body length: " + bodyLength + " (expected: at most " + messageBytes + ")");
                }
                if (!unknownTold) {
                    unknownTold = true;
                    meaning.onUnknownMessage();
                }
                yield new BackendMessage.Unknown(type, bodyLength);
            }
        };
    }
}
