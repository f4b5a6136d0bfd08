package io.pgweir.offline.whatif;

import io.netty.buffer.ByteBuf;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.config.HostPort;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.judge.Who;
import io.pgweir.session.Foreseen;
import io.pgweir.sql.StatementCache;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One captured session under both rule sets: what it said goes to either. One thread. */
final class WhatIfSession {
    private final SessionOpen open;
    private final JudgedSession now;
    private final JudgedSession before;
    private final boolean frontendOnly;
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final AssumedAnswers answersNow = new AssumedAnswers();
    private final AssumedAnswers answersBefore = new AssumedAnswers();
    private boolean callsFunction;

    /**
     * @param cluster of its server; empty where nobody knows
     * @param startMicros when the capture began, since 1970
     * @param frontendOnly whether answers have to be assumed
     */
    WhatIfSession(
            SharedRules rulesNow,
            SharedRules rulesBefore,
            StatementCache statements,
            SessionOpen open,
            String cluster,
            long startMicros,
            boolean frontendOnly) {
        this.open = open;
        this.frontendOnly = frontendOnly;
        Who who = new Who(
                open.user(),
                open.database(),
                open.application(),
                address(open.client().address()),
                "",
                cluster,
                !open.client().tls().isEmpty());
        StartupPacket.Startup startup = new StartupPacket.Startup(
                open.protocol(),
                open.parameters().stream()
                        .map(each -> new StartupPacket.Parameter(each.name(), each.value()))
                        .toList());
        now = new JudgedSession(rulesNow, statements, open, who, startup, startMicros);
        before = new JudgedSession(rulesBefore, statements, open, who, startup, startMicros);
        if (frontendOnly || open.origin() != Origin.BEGAN) {
            letIn(open.nanos());
        }
    }

    /** Null where it is none, as of a Unix-domain socket. */
    private static @Nullable InetAddress address(String text) {
        try {
            String host = HostPort.parse(text, "").host();
            return host.isEmpty() ? null : InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException name) {
            return null;
        }
    }

    SessionOpen open() {
        return open;
    }

    JudgedSession now() {
        return now;
    }

    JudgedSession before() {
        return before;
    }

    boolean isFrontendOnly() {
        return frontendOnly;
    }

    /** Whether the last message of the client was a FunctionCall, which has no statement. */
    boolean callsFunction() {
        return callsFunction;
    }

    private void letIn(long at) {
        told(new BackendMessage.Authentication(BackendMessage.Authentication.OK, List.of()), at);
        told(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE), at);
    }

    private void told(BackendMessage message, long at) {
        now.onBackend(message, at);
        before.onBackend(message, at);
    }

    private void asked(FrontendMessage message, long at) {
        now.onFrontend(message, 0, true, at);
        before.onFrontend(message, 0, true, at);
    }

    /** What it had when it was found: its statements are prepared again. */
    void onState(SessionState state) {
        long at = state.nanos();
        for (Setting setting : state.settings()) {
            told(new BackendMessage.ParameterStatus(setting.name(), setting.value()), at);
        }
        for (Statement statement : state.statements()) {
            int[] types = statement.types().stream().mapToInt(Integer::intValue).toArray();
            asked(new FrontendMessage.Parse(statement.name(), statement.text(), types), at);
            told(BackendMessage.ParseComplete.INSTANCE, at);
        }
        asked(FrontendMessage.Sync.INSTANCE, at);
        told(new BackendMessage.ReadyForQuery(state.transaction()), at);
        answersNow.status(state.transaction());
        answersBefore.status(state.transaction());
    }

    /** @param body of {@code message}, as much of it as there is */
    void onFrontend(Message message, ByteBuf body) {
        int length = message.body().length;
        if (!now.isLetIn()) {
            letIn(message.nanos());
        }
        if (message.type() == MessageType.Frontend.COPY_DATA) {
            now.onFrontendCopyData(body, length);
            before.onFrontendCopyData(body, length);
            return;
        }
        callsFunction = message.type() == MessageType.Frontend.FUNCTION_CALL;
        onFrontend(now, answersNow, message, body);
        onFrontend(before, answersBefore, message, body);
    }

    /** Decoded for each: what a message views is theirs until the next is read. */
    private void onFrontend(JudgedSession side, AssumedAnswers answers, Message message, ByteBuf body) {
        int length = message.body().length;
        // The body of a redacted message is as long as it is now.
        boolean whole = !message.is(Message.TRUNCATED);
        frontend.charset(side.tracker().clientCharset());
        FrontendMessage decoded = whole
                ? frontend.decode(message.type(), body, 0, length)
                : frontend.decodeHead(message.type(), body, 0, length, message.bodyLength());
        Foreseen next = side.onFrontend(decoded, message.bodyLength(), whole, message.nanos());
        if (frontendOnly) {
            answers.after(decoded, next, side, message.nanos());
        }
    }

    /** @param body of {@code message}, as much of it as there is */
    void onBackend(Message message, ByteBuf body) {
        long at = message.nanos();
        int length = message.body().length;
        switch (message.type()) {
            case MessageType.Backend.DATA_ROW -> {
                now.onDataRow(message.bodyLength(), at);
                before.onDataRow(message.bodyLength(), at);
            }
            case MessageType.Backend.COPY_DATA -> {
                now.onBackendCopyData(body, length, at);
                before.onBackendCopyData(body, length, at);
            }
            default -> {
                backend.charset(now.tracker().clientCharset());
                told(backend.decodeHead(message.type(), body, 0, length, message.bodyLength()), at);
            }
        }
    }

    void close(long at) {
        now.close(at);
        before.close(at);
    }
}
