package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The shadow of one client and server pair: what the two streams mean. It is told what passes and tells its listener; it never
 * changes a byte, and it has no channel and no clock: every call says when.
 *
 * <pre>
 *   client: onFrontend ----> Requests ----> RequestQueue
 *                               |               |  head
 *                            CopyStreams        v
 *   server: onBackend -----------------------> Answers ---> Running ---> ExecutionLog ---> SessionListener
 *                                               |             |              |
 *                                             Names      (one execution)  TransactionModel
 * </pre>
 *
 * <p>Never throws, whatever the two say. What does not fit is counted ({@link #desyncs()}), marked ({@link
 * Execution#doubtful()}) and healed: at a ReadyForQuery with
 * nothing outstanding the shadow knows no more and no less than after the first one, but for names.
 *
 * <p>Confined to the session's event loop.
 */
public final class SessionTracker {
    private static final Opinion[] NO_OPINIONS = {};

    private final SessionListener listener;
    private final Names names = new Names();
    private final ServerSettings settings = new ServerSettings();
    private final Admission admission = new Admission();
    private final RequestQueue queue = new RequestQueue();
    private final TransactionModel transactions = new TransactionModel();
    private final ExecutionLog log;
    private final CopyStreams copies;
    private final Running running;
    private final Requests requests;
    private final Answers answers;
    private final Foresight foresight;
    private SessionPhase phase = SessionPhase.STARTUP;
    private @Nullable ErrorFields fatal;

    /**
     * @param listener is told on the caller's thread, within the call that made the fact known
     * @param lexer splits a query text under the session's lexical rules: a cache, or {@link SqlScript#of}
     */
    public SessionTracker(
            SessionListener listener, BiFunction<String, LexicalRules, SqlScript> lexer, TrackerOptions options) {
        this.listener = listener;
        Scripts scripts = new Scripts(lexer, settings);
        log = new ExecutionLog(listener, transactions);
        copies = new CopyStreams(queue, names, scripts, settings, options.copySha256());
        running = new Running(names, transactions, log, copies, scripts);
        requests = new Requests(queue, copies, options);
        foresight = new Foresight(names, scripts, queue);
        answers = new Answers(queue, names, transactions, log, copies, running, scripts);
    }

    public void onStartup(StartupPacket.Startup startup, long nanos) {
        phase = phase.toAuthenticating();
        settings.expectEncoding(startup.parameter("client_encoding", ""));
    }

    /**
     * The client has proved who it is to somebody else than the server.
     *
     * @param method as pg_hba.conf spells it
     */
    public void onVouched(String method) {
        admission.onVouched(method);
    }

    /** A whole message of the client. CopyData does nothing here: see {@link #onFrontendCopyData}. */
    public void onFrontend(FrontendMessage message, long nanos) {
        if (!hears()) {
            return;
        }
        switch (message) {
            case FrontendMessage.SaslInitialResponse sasl -> admission.onMechanism(sasl.mechanism());
            case FrontendMessage.Authentication ignored -> admission.onAnswer();
            default -> {
                queue.onMessage();
                requests.on(message, nanos);
            }
        }
    }

    /**
     * A message longer than the gather bound, of which only the head was decoded: texts are cut, parameters beyond the bound
     * have length -2. The body follows through {@link #onFrontendHeadChunk}.
     *
     * @param bodyLength of the whole message, in bytes
     */
    public void onFrontendHead(FrontendMessage head, int bodyLength, long nanos) {
        if (hears()) {
            queue.onMessage();
            requests.onHead(head, bodyLength, nanos);
        }
    }

    /** A piece of the body of the message that {@link #onFrontendHead} announced, from the body's first byte on. */
    public void onFrontendHeadChunk(ByteBuf buffer, int at, int length, boolean last) {
        requests.onHeadChunk(buffer, at, length, last);
    }

    /**
     * What the message that {@link #onFrontend} or {@link #onFrontendHead} was told of last will run; null where that is nothing.
     * Whoever asks asks of every message: names are learnt on the way.
     */
    public @Nullable Foreseen foresee() {
        Request request = requests.last();
        return request == null ? null : foresight.of(request, transactions.readyStatus() != TransactionStatus.IDLE);
    }

    /** Of a Bind, what its statement is; the {@link #foresee} that was asked of it said nothing. Null for any other message. */
    public @Nullable Foreseen foreseeBind() {
        Request request = requests.last();
        return request == null ? null : foresight.ofBind(request);
    }

    /** What {@link #foresee} told last is on record, statement by statement; its executions will bear these ids. */
    public void intend(UUID... intents) {
        Request request = requests.last();
        if (request != null) {
            request.intents = intents;
            if (request.kind == Request.Kind.PARSE) {
                foresight.onParseIntent(request, intents[0]);
            }
        }
    }

    /** What is thought of what {@link #foresee} or {@link #foreseeBind} told last, statement by statement; its executions will bear it. */
    public void opine(Opinion... opinions) {
        Request request = requests.last();
        if (request != null) {
            request.opinions = opinions;
            foresight.onOpinion(request, opinions[0]);
        }
    }

    /**
     * The server is asked other statements than {@link #foresee} told last.
     *
     * @param instead of each, in their order; null where it is asked as it came
     */
    public void rewrite(@Nullable SqlStatement... instead) {
        Request request = requests.last();
        if (request != null) {
            request.instead = instead;
        }
    }

    /** Whether the server's next answer is to other words than the client's: what it says of positions means nothing to the client. */
    public boolean isRewritten() {
        return !phase.isBeforeReady() && answers.isRewritten();
    }

    /** What {@link #opine} was told last, of the message that came last; empty where nothing was. Not to be changed. */
    public Opinion[] asked() {
        Request request = requests.last();
        return request == null || request.opinions == null ? NO_OPINIONS : request.opinions;
    }

    /** What was thought of what the server answers next; null where nothing was. */
    public @Nullable Opinion opinion() {
        return phase.isBeforeReady() ? null : answers.opinion();
    }

    /** What the client asked last was held back for so long. */
    public void onHeld(long heldNanos) {
        Request request = requests.last();
        if (request != null) {
            request.ownNanos += heldNanos;
        }
    }

    /** The server is not asked what the last message asked, but to fail in its place; the client is to hear {@code refusal}. */
    public void refuse(ErrorFields refusal) {
        Request request = requests.last();
        if (request != null) {
            request.refusal = refusal;
        }
    }

    /** What the client is to hear in place of the error that the server is about to be heard of; null where that is its own. */
    public @Nullable ErrorFields refusal() {
        return phase.isBeforeReady() ? null : answers.refusal();
    }

    /** pgweir asks the server for the columns of the portal that the last message executes, before it: the answer is its own. */
    public void describeFirst() {
        requests.describeFirst();
    }

    /** Whether the server answers next what pgweir asked, and not the client. */
    public boolean isOwnNext() {
        return !phase.isBeforeReady() && answers.isOwn();
    }

    /** What the server is about to send rows of, or COPY data; null where nothing of that is due. */
    public @Nullable Execution answering() {
        return phase.isBeforeReady() ? null : answers.answering();
    }

    /** What the server is to answer next, as far as that can be told by now; null where it owes no answer. */
    public @Nullable UnderWay underWay() {
        return answers.underWay();
    }

    /** The client is to hear {@code error} of what the server is answering, however the server ends it. */
    public void blame(ErrorFields error) {
        answers.blame(error);
    }

    /** What is answered from here on was asked there. */
    public void place(Placement where) {
        log.place(where);
    }

    /** What is thought of what the server is answering, now that rows of it have come. */
    public void opineAnswered(Opinion opinion) {
        Execution running = answering();
        if (running != null) {
            running.opinion = opinion;
        }
    }

    /** The server was made to fail behind what it has answered: its transaction is failed, what comes before a Sync is skipped. */
    public void onFailedByProxy() {
        answers.onFailedByProxy();
    }

    /** Whether what the client has sent last waits for a Sync that has not come. */
    public boolean isSegmentOpen() {
        return queue.isSegmentOpen();
    }

    /** A whole message of the server. DataRow and CopyData do nothing here: they have their own calls. */
    public void onBackend(BackendMessage message, long nanos) {
        if (!hears()) {
            return;
        }
        switch (message) {
            case BackendMessage.ParseComplete ignored -> answers.onParseComplete(nanos);
            case BackendMessage.BindComplete ignored -> answers.onBindComplete(nanos);
            case BackendMessage.CloseComplete ignored -> answers.onCloseComplete(nanos);
            case BackendMessage.ParameterDescription types -> answers.onParameterDescription(types, nanos);
            case BackendMessage.RowDescription row ->
                answers.onDescription(row.columns().size(), nanos);
            case BackendMessage.NoData ignored -> answers.onDescription(-1, nanos);
            case BackendMessage.CommandComplete complete -> answers.onComplete(complete.tag(), nanos);
            case BackendMessage.EmptyQueryResponse ignored -> answers.onComplete(null, nanos);
            case BackendMessage.PortalSuspended ignored -> answers.onPortalSuspended(nanos);
            case BackendMessage.CopyInResponse copy -> answers.onCopy(CopyTotals.Direction.IN, copy.format(), nanos);
            case BackendMessage.CopyOutResponse copy -> answers.onCopy(CopyTotals.Direction.OUT, copy.format(), nanos);
            case BackendMessage.CopyBothResponse copy ->
                answers.onCopy(CopyTotals.Direction.BOTH, copy.format(), nanos);
            case BackendMessage.FunctionCallResponse call -> answers.onFunctionCallResponse(call.valueLength(), nanos);
            case BackendMessage.ErrorResponse error -> onError(error.fields(), nanos);
            case BackendMessage.ReadyForQuery ready -> onReady(ready.status(), nanos);
            case BackendMessage.Authentication request -> onAuthentication(request, nanos);
            case BackendMessage.ParameterStatus status -> {
                settings.put(status.name(), status.value());
                listener.onParameterStatus(status.name(), status.value());
            }
            case BackendMessage.Malformed ignored -> answers.onUnreadable();
            case BackendMessage.NoticeResponse ignored -> {}
            case BackendMessage.NotificationResponse ignored -> {}
            case BackendMessage.BackendKeyData ignored -> {}
            case BackendMessage.NegotiateProtocolVersion ignored -> {}
            case BackendMessage.CopyDone ignored -> {}
            case BackendMessage.CopyData ignored -> {}
            case BackendMessage.DataRow ignored -> {}
            case BackendMessage.Unknown ignored -> {}
        }
    }

    private void onAuthentication(BackendMessage.Authentication request, long nanos) {
        if (phase == SessionPhase.AUTHENTICATING && admission.onRequest(request)) {
            phase = phase.toStarting();
            listener.onAuthentication(admission.method(), null, nanos);
        }
    }

    private void onError(ErrorFields error, long nanos) {
        if (phase.isBeforeReady()) {
            if (phase == SessionPhase.AUTHENTICATING) {
                listener.onAuthentication(admission.method(), error, nanos);
            }
            fail(error);
            return;
        }
        answers.onError(error, nanos);
        if (error.isFatal()) {
            answers.onFatal(nanos);
            fail(error);
        }
    }

    private void fail(ErrorFields error) {
        fatal = error;
        phase = phase.toFailed();
    }

    private void onReady(TransactionStatus status, long nanos) {
        if (phase.isBeforeReady()) {
            phase = phase.toReady();
        } else {
            answers.onReady(status, nanos);
        }
    }

    /** One DataRow, whole or about to be streamed. Allocates nothing but at an execution's first. */
    public void onDataRow(int bodyLength, long nanos) {
        if (hears()) {
            answers.onDataRow(bodyLength, nanos);
        }
    }

    /** The COPY that the server has begun and not ended; null where there is none. */
    public CopyTotals.@Nullable Direction copying() {
        return copies.direction();
    }

    /** A piece of the body of a CopyData from the client. Allocates nothing. */
    public void onFrontendCopyData(ByteBuf buffer, int at, int length, boolean first, boolean last) {
        if (hears()) {
            if (first) {
                queue.onMessage();
            }
            copies.onFrontend(buffer, at, length, first);
        }
    }

    /** A piece of the body of a CopyData from the server. Allocates nothing. */
    public void onBackendCopyData(ByteBuf buffer, int at, int length, boolean first, boolean last, long nanos) {
        if (hears()) {
            copies.onBackend(buffer, at, length, first);
            answers.onCopyBytes(length, nanos);
        }
    }

    /** pgweir spent so long on what it has just forwarded to the server: told of the request that came last. */
    public void onFrontendForwarded(long ownNanos) {
        requests.onForwarded(ownNanos);
    }

    /** pgweir spent so long on what it has just forwarded to the client: told of the execution that is being answered. */
    public void onBackendForwarded(long ownNanos) {
        Execution execution = running.execution();
        if (execution == null) {
            execution = log.lastHeld();
        }
        if (execution != null) {
            execution.ownNanos += ownNanos;
        }
    }

    /** The session is over: tells what was in flight, suspended or held, and how the open transaction ended. Once. */
    public void onClosed(long nanos) {
        if (phase != SessionPhase.CLOSED) {
            answers.onClosed(nanos);
            phase = phase.toClosed();
        }
    }

    /** What the client's texts are encoded in. */
    public Charset clientCharset() {
        return settings.charset();
    }

    /** Requests that the server has not answered in full. */
    public int outstanding() {
        return queue.outstanding();
    }

    /** How many messages the client has sent since it answered the server's last question of who it is: the number of the last. */
    public long lastNumber() {
        return queue.asked();
    }

    /** What the server says next answers that; null where it owes no answer. Valid until it has been told to {@link #onBackend}. */
    public @Nullable Asked answers() {
        return phase.isBeforeReady() ? null : answers.asked();
    }

    /** Of the last ReadyForQuery. */
    public long answered() {
        return queue.popped();
    }

    /** What the session has, by the answers that have been read. */
    public Snapshot snapshot() {
        return new Snapshot(transactions.readyStatus(), Map.copyOf(settings.values()), names.prepared(), names.open());
    }

    public TransactionStatus transactionStatus() {
        return transactions.readyStatus();
    }

    public SessionPhase phase() {
        return phase.toServing(queue.outstanding(), copies.direction());
    }

    public boolean standardConformingStrings() {
        return settings.rules().standardConformingStrings();
    }

    /** The last value the server told for {@code name}, by ParameterStatus; null where it never did. */
    public @Nullable String parameter(String name) {
        return settings.value(name);
    }

    /** Whether the client's next {@code 'p'} opens a SASL exchange. */
    public boolean saslOffered() {
        return admission.saslOffered();
    }

    /** The error that ended the session, or kept it from starting; null while there was none. */
    public @Nullable ErrorFields fatal() {
        return fatal;
    }

    /** Answers that did not fit what was asked. Each heals at a ReadyForQuery; each is a bug, here or in a server. */
    public long desyncs() {
        return answers.desyncs();
    }

    /** Executes of a portal that had already run to its end: PostgreSQL runs nothing, so there is no execution. */
    public long repeatedExecutes() {
        return running.repeatedExecutes();
    }

    private boolean hears() {
        return phase != SessionPhase.FAILED && phase != SessionPhase.CLOSED;
    }
}
