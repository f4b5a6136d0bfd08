package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The shadow of one client and server pair: what the two streams mean. Loop-confined; never throws; always heals. */
public final class SessionTracker {
    private SessionPhase phase = SessionPhase.STARTUP;

    /**
     * @param listener is told on the caller's thread, within the call that made the fact known
     * @param scripts lexes a query text under the session's lexical rules: a cache, or {@link SqlScript#of}
     */
    public SessionTracker(
            SessionListener listener, BiFunction<String, LexicalRules, SqlScript> scripts, TrackerOptions options) {}

    public void onStartup(StartupPacket.Startup startup, long nanos) {
        phase = phase.toAuthenticating();
    }

    /** A whole message of the client. CopyData does nothing here: see {@link #onFrontendCopyData}. */
    public void onFrontend(FrontendMessage message, long nanos) {}

    /**
     * A message longer than the gather bound, of which only the head was decoded: texts are cut, parameters beyond the bound
     * have length -2. The body follows through {@link #onFrontendHeadChunk}.
     *
     * @param bodyLength of the whole message, in bytes
     */
    public void onFrontendHead(FrontendMessage head, int bodyLength, long nanos) {}

    /** A piece of the body of the message that {@link #onFrontendHead} announced, from the body's first byte on. */
    public void onFrontendHeadChunk(ByteBuf buffer, int at, int length, boolean last) {}

    /** A whole message of the server. DataRow and CopyData do nothing here: they have their own calls. */
    public void onBackend(BackendMessage message, long nanos) {}

    /** One DataRow, whole or about to be streamed. Allocates nothing. */
    public void onDataRow(int bodyLength, long nanos) {}

    /** A piece of the body of a CopyData from the client. Allocates nothing. */
    public void onFrontendCopyData(ByteBuf buffer, int at, int length, boolean first, boolean last) {}

    /** A piece of the body of a CopyData from the server. Allocates nothing. */
    public void onBackendCopyData(ByteBuf buffer, int at, int length, boolean first, boolean last, long nanos) {}

    /** pgweir spent so long on what it has just forwarded to the server: told of the request that came last. */
    public void onFrontendForwarded(long ownNanos) {}

    /** pgweir spent so long on what it has just forwarded to the client: told of the execution that is being answered. */
    public void onBackendForwarded(long ownNanos) {}

    /** The session is over: tells what was in flight, suspended or held, and how the open transaction ended. Once. */
    public void onClosed(long nanos) {
        phase = phase.toClosed();
    }

    /** What the client's texts are encoded in. */
    public Charset clientCharset() {
        return StandardCharsets.UTF_8;
    }

    /** Requests that the server has not answered in full. */
    public int outstanding() {
        return 0;
    }

    /** Of the last ReadyForQuery. */
    public TransactionStatus transactionStatus() {
        return TransactionStatus.IDLE;
    }

    public SessionPhase phase() {
        return phase;
    }

    public boolean standardConformingStrings() {
        return true;
    }

    /** The last value the server told for {@code name}, by ParameterStatus; null where it never did. */
    public @Nullable String parameter(String name) {
        return null;
    }

    /** Whether the client's next {@code 'p'} opens a SASL exchange. */
    public boolean saslOffered() {
        return false;
    }

    /** The error that ended the session, or kept it from starting; null while there was none. */
    public @Nullable ErrorFields fatal() {
        return null;
    }

    /** Answers that did not fit what was asked. Each healed at a ReadyForQuery; each is a bug, here or in a server. */
    public long desyncs() {
        return 0;
    }

    /** Executes of a portal that had already run to its end: PostgreSQL runs nothing, so there is no execution. */
    public long repeatedExecutes() {
        return 0;
    }
}
