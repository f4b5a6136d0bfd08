package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.pgweir.proxy.judge.ResultJudge;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Foreseen;
import io.pgweir.session.Opinion;
import io.pgweir.session.SessionTracker;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * What rules for results need of the client's requests, before the server gets them:
 *
 * <pre>
 *   masks      Describe of the portal in front of an Execute: its columns are told to pgweir, whatever the client asked before
 *              the catalog, in front of the first request of a session that has no transaction: {@link CatalogLookup}
 *   limits     nothing is sent behind a limited statement before it is answered: were it stopped, what is behind would have run.
 *              With a Flush, or an Execute's answer would wait for the Sync that waits for it.
 *   functions  a FunctionCall waits until functions have names: {@link FunctionLookup}
 *   a stop     nothing is sent behind the segment that is stopped, nor while a cancel is under way that might hit it
 * </pre>
 *
 * <p>Thread: the session's event loop.
 */
final class ResultRequests {
    private final SessionTracker tracker;
    private final CatalogLookup lookup;
    private final FunctionLookup functions;
    private final ResultStop stop;
    private final Upstream upstream;
    private final ByteBufAllocator allocator;
    private final SharedRules rules;
    private final ResultJudge judge;
    private final Meaning meaning;

    private Guard guard = Guard.NONE;

    /** A request is kept in the relay because {@link #holds} said so. */
    private boolean waiting;

    /** It is a FunctionCall, and {@link FunctionLookup} said so. */
    private boolean waitsForFunctions;

    private boolean flushed;
    private @Nullable ByteBuf own;

    /** The limited statement that was sent last and is not answered in full. */
    private enum Guard {
        NONE,
        QUERY,
        EXECUTE
    }

    ResultRequests(
            Meaning meaning,
            CatalogLookup lookup,
            FunctionLookup functions,
            ResultStop stop,
            Upstream upstream,
            ByteBufAllocator allocator,
            SharedRules rules,
            ResultJudge judge) {
        this.meaning = meaning;
        this.tracker = meaning.tracker();
        this.lookup = lookup;
        this.functions = functions;
        this.stop = stop;
        this.upstream = upstream;
        this.allocator = allocator;
        this.rules = rules;
        this.judge = judge;
    }

    /** Whether a message of this type, and all behind it, is to wait. */
    boolean holds(byte type) {
        waitsForFunctions = type == MessageType.Frontend.FUNCTION_CALL && functions.holds(rules.current());
        if (waitsForFunctions) {
            return true;
        }
        if (guard == Guard.NONE && !stop.isOn() && !stop.isCancelling()) {
            return false;
        }
        return switch (type) {
            case MessageType.Frontend.COPY_DATA,
                    MessageType.Frontend.COPY_DONE,
                    MessageType.Frontend.COPY_FAIL,
                    MessageType.Frontend.FLUSH,
                    MessageType.Frontend.TERMINATE -> false;
            default -> guard != Guard.NONE || !tracker.isSegmentOpen();
        };
    }

    /** A message is kept in the relay. */
    void onWait() {
        waiting = true;
        if (guard == Guard.EXECUTE) {
            flush();
        }
        askForFunctions();
    }

    private void askForFunctions() {
        if (waiting && waitsForFunctions && !stop.isOn() && !stop.isCancelling()) {
            ByteBuf question = functions.ask();
            if (question != null) {
                upstream.send(question);
            }
        }
    }

    private void flush() {
        if (!flushed) {
            flushed = true;
            upstream.send(MessageWriter.bodyless(allocator, MessageType.Frontend.FLUSH));
        }
    }

    /** Whether the relay keeps a message that nobody has heard of yet. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether the message of this type, which is kept in the relay, may go now. */
    boolean isFree(byte type) {
        return waiting && !holds(type);
    }

    void onFree() {
        waiting = false;
    }

    /** Nothing of this message has been heard yet. */
    void before(byte type) {
        ByteBuf question = lookup.ask(type, rules.current());
        if (question != null) {
            own = question;
        }
    }

    /** The tracker has heard this message, and the rules have judged it: {@code disposition} is what becomes of it. */
    void on(byte type, @Nullable Foreseen next, Disposition disposition, ByteBuf buffer, int bodyAt) {
        boolean execute = type == MessageType.Frontend.EXECUTE;
        if (!execute && type != MessageType.Frontend.QUERY) {
            return;
        }
        if (disposition instanceof Disposition.Stop || (execute && disposition instanceof Disposition.Replace)) {
            // It goes nowhere, or is refused.
            return;
        }
        boolean masks = false;
        boolean limits = next != null && judge.mayEnd(next, tracker.clientCharset(), meaning.nanos());
        for (Opinion opinion : tracker.asked()) {
            if (opinion instanceof Verdict verdict) {
                masks |= !verdict.masks().isEmpty();
                limits |= !verdict.limits().isEmpty() || !verdict.budgets().isEmpty();
            }
        }
        if (masks && execute) {
            describe(buffer, bodyAt);
        }
        if (limits) {
            guard = execute ? Guard.EXECUTE : Guard.QUERY;
            flushed = false;
        }
    }

    private void describe(ByteBuf buffer, int bodyAt) {
        byte[] portal = new byte[buffer.bytesBefore(bodyAt, buffer.writerIndex() - bodyAt, (byte) 0)];
        buffer.getBytes(bodyAt, portal);
        tracker.describeFirst();
        ByteBuf describe = MessageWriter.describePortal(allocator, portal);
        ByteBuf before = own;
        own = before == null ? describe : Unpooled.wrappedBuffer(before, describe);
    }

    /** As {@link Lane#takeOwn}. */
    @Nullable
    ByteBuf takeOwn() {
        ByteBuf taken = own;
        own = null;
        return taken;
    }

    /** Whether the server may have been sent requests behind the one that it is answering. */
    boolean mayHaveSentBehind() {
        return guard != Guard.EXECUTE;
    }

    /** The tracker has heard this of the server. */
    void onAnswer(BackendMessage message) {
        switch (message) {
            // What the client copies in has to pass, and its end.
            case BackendMessage.CopyInResponse ignored -> guard = Guard.NONE;
            case BackendMessage.CopyBothResponse ignored -> guard = Guard.NONE;
            default -> {
                if (guard != Guard.NONE && tracker.outstanding() == 0 && !stop.isOn()) {
                    guard = Guard.NONE;
                }
            }
        }
        askForFunctions();
    }

    /** A result is being stopped: its end must not wait for a Sync. */
    void onStop() {
        if (guard == Guard.EXECUTE) {
            flush();
        }
    }
}
