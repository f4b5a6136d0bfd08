package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.proxy.judge.ResultJudge;
import io.pgweir.proxy.judge.SessionRules;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.proxy.relay.Disposition;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.rows.ValueMasks;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.StartupPacket;
import org.jspecify.annotations.Nullable;

/**
 * What rules do to one session's results, seen from its lanes: {@link ResultRequests} in front of the server, {@link Results},
 * {@link ResultStop} and {@link OwnQuestion} behind it. A process without rules has none.
 *
 * <p>Thread: the session's event loop.
 */
record ResultRules(
        Meaning meaning,
        ResultRequests requests,
        Results results,
        ResultStop stop,
        OwnQuestion question,
        CatalogLookup lookup,
        MaskSources sources) {

    /**
     * @param server cluster and node: what has one catalog
     * @param startup of the client
     * @param rowBytesMax of a row that is masked
     */
    static ResultRules of(
            SharedRules shared,
            SessionRules session,
            Catalogs catalogs,
            Meaning meaning,
            Upstream upstream,
            ByteBufAllocator allocator,
            String server,
            StartupPacket.Startup startup,
            int rowBytesMax) {
        String replication = startup.parameter("replication", "");
        OwnQuestion question = new OwnQuestion(meaning.tracker(), allocator);
        CatalogLookup lookup = new CatalogLookup(
                meaning.tracker(),
                catalogs,
                question,
                server,
                startup.parameter("database", startup.parameter("user", "")),
                replication.isEmpty());
        FunctionLookup functions =
                new FunctionLookup(meaning.tracker(), question, System::nanoTime, replication.isEmpty());
        session.functionsBy(functions::name);
        ResultStop stop = new ResultStop(meaning, upstream, allocator);
        MaskSources sources = new MaskSources(meaning, new ValueMasks(shared.maskKey()), shared.facts(), lookup);
        ResultJudge judge = new ResultJudge(shared, session);
        return new ResultRules(
                meaning,
                new ResultRequests(meaning, lookup, functions, stop, upstream, allocator, shared, judge),
                new Results(meaning, sources, judge, allocator, stop, rowBytesMax),
                stop,
                question,
                lookup,
                sources);
    }

    /** As {@link Lane#look}, of a DataRow or CopyData of the server. */
    int look(byte type, int bodyLength, int messageBytes) {
        if (type == MessageType.Backend.COPY_DATA) {
            return results.lookAtCopyData(bodyLength);
        }
        if (question.isAsked()) {
            return bodyLength <= messageBytes ? bodyLength : Lane.DISCARD;
        }
        return results.lookAtRow(bodyLength);
    }

    /** Whether a message that is too long to be looked into goes nowhere. */
    boolean discards(byte type) {
        return switch (type) {
            case MessageType.Backend.NOTICE_RESPONSE, MessageType.Backend.NOTIFICATION_RESPONSE -> false;
            default -> question.isAsked() || stop.isOn() || meaning.tracker().isOwnNext();
        };
    }

    /**
     * A message of the server that streams, or goes nowhere, as {@link #look} or {@link #discards} said.
     *
     * @return whether it was pgweir's own: the tracker is not to hear it
     */
    boolean onStream(byte type, int bodyLength) {
        if (question.isAsked()) {
            question.onTooLong();
            return true;
        }
        if (type == MessageType.Backend.ROW_DESCRIPTION) {
            results.onUnread();
        } else if (type == MessageType.Backend.DATA_ROW || type == MessageType.Backend.COPY_DATA) {
            results.onStream(type, bodyLength);
        }
        return false;
    }

    /** A DataRow or CopyData of the server that {@link #look} wanted to see whole. */
    Disposition onRow(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (question.isAsked()) {
            question.onRow(buffer, bodyAt, bodyLength);
        } else if (type == MessageType.Backend.DATA_ROW) {
            results.onRow(buffer, bodyAt, bodyLength);
        } else {
            results.onCopyData(buffer, bodyAt, bodyLength);
        }
        return Disposition.DROP;
    }

    /**
     * Any other message of the server.
     *
     * @param gate what a ReadyForQuery that passes waits for besides
     * @return null where rules have nothing to do with it; else the tracker has heard it if it was to
     */
    @Nullable
    Disposition on(BackendMessage message, AuditGate gate) {
        if (question.isAsked()) {
            return question.on(message) ? Disposition.DROP : null;
        }
        if (!stop.isOn()) {
            return null;
        }
        Disposition disposition = stop.on(message, requests.mayHaveSentBehind(), results::say);
        heard(message);
        return disposition == null ? gate.onReady() : disposition;
    }

    /** Whether this answers what pgweir asked of a portal: the client never hears of it. To be asked before the tracker hears it. */
    boolean isOwn(BackendMessage message) {
        return (message instanceof BackendMessage.RowDescription || message instanceof BackendMessage.NoData)
                && meaning.tracker().isOwnNext();
    }

    /** The tracker is about to hear it. */
    void hears(BackendMessage message) {
        if (message instanceof BackendMessage.CommandComplete(String tag)) {
            results.onEnding();
            lookup.onEnding(tag, sources::answered);
        }
    }

    /** The tracker has heard it. */
    void heard(BackendMessage message) {
        results.on(message);
        requests.onAnswer(message);
        if (message instanceof BackendMessage.ReadyForQuery ready) {
            lookup.onReady(ready.status());
        }
    }

    /** All that the server has sent so far has been looked at. */
    void afterRead() {
        if (stop.isOn()) {
            requests.onStop();
            stop.afterRead();
        }
    }
}
