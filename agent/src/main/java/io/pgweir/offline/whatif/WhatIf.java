package io.pgweir.offline.whatif;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureHeader;
import io.pgweir.capture.CaptureRecord;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.MessageParts;
import io.pgweir.config.ConfigException;
import io.pgweir.offline.whatif.Report.Example;
import io.pgweir.proxy.judge.SharedRules;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.sql.StatementCache;
import io.pgweir.telemetry.Telemetry;
import io.pgweir.wire.MessageType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What rules would have done to the sessions of a capture, beside what others would have. Both are asked what the proxy asks, by the
 * same code, in the order and at the times of the capture; throttles and budgets count by its clock. One thread.
 */
public final class WhatIf {
    /** Of a message that is joined of its parts. */
    private static final int BODY_BYTES_MAX = 4 << 20;

    private static final long STATEMENTS_BYTES_MAX = 16 << 20;

    /** Of hashes in the place of values, which nobody sees here. */
    private static final byte[] MASK_KEY = new byte[32];

    private final RuleSet set;
    private final SharedRules now;
    private final SharedRules before;
    private final Predicate<SessionOpen> wanted;
    private final StatementCache statements = new StatementCache(STATEMENTS_BYTES_MAX);
    private final MessageParts parts = new MessageParts(BODY_BYTES_MAX);
    private final Map<Key, WhatIfSession> sessions = new HashMap<>();
    private final Tally tally = new Tally();
    private @Nullable CaptureHeader header;
    private long nanos;
    private long opened;

    private record Key(UUID capture, long session) {}

    /**
     * @param now the rules that are asked about
     * @param before those that were in force; {@link RuleSet#NONE} for none
     * @param wanted of which sessions
     */
    public WhatIf(RuleSet now, RuleSet before, Predicate<SessionOpen> wanted) throws ConfigException {
        set = now;
        this.wanted = wanted;
        this.now = new SharedRules(new Rules(() -> now), MASK_KEY, new Telemetry(), this::nanos);
        this.before = new SharedRules(new Rules(() -> before), MASK_KEY, new Telemetry(), this::nanos);
    }

    private long nanos() {
        return nanos;
    }

    /** What follows is of this file. */
    public void onFile(CaptureHeader of) {
        header = of;
    }

    public void onRecord(CaptureRecord record) {
        CaptureHeader file = header;
        if (file == null) {
            throw new IllegalStateException("a record of no file");
        }
        nanos = Math.max(nanos, record.nanos());
        Key key = new Key(file.capture(), record.session());
        if (record instanceof SessionOpen open) {
            if (!sessions.containsKey(key) && wanted.test(open)) {
                opened++;
                sessions.put(key, open(open, file));
            }
        }
        WhatIfSession session = sessions.get(key);
        if (session == null) {
            tally.add(Unjudged.GAP, record instanceof Gap gap && gap.session() == 0 ? gap.messages() : 0);
            return;
        }
        switch (record) {
            case SessionState state -> session.onState(state);
            case Message part -> onPart(session, part);
            case Gap gap -> tally.add(Unjudged.GAP, gap.messages());
            case SessionEnd end -> {
                session.close(end.nanos());
                sessions.remove(key);
                parts.forget(end.session());
            }
            case SessionOpen _, CaptureRecord.Response _, CaptureRecord.Cancel _ -> {}
        }
        told(session, record.nanos());
    }

    private WhatIfSession open(SessionOpen open, CaptureHeader file) {
        Instant started = file.started();
        long micros = TimeUnit.SECONDS.toMicros(started.getEpochSecond()) + started.getNano() / 1000;
        String cluster = "";
        for (CaptureHeader.Server server : file.servers()) {
            cluster = server.address().equals(open.server().address()) ? server.cluster() : cluster;
        }
        boolean frontendOnly = file.options().frontendOnly();
        return new WhatIfSession(now, before, statements, open, cluster, micros, frontendOnly);
    }

    private void onPart(WhatIfSession session, Message part) {
        boolean client = part.direction() == Direction.FRONTEND;
        boolean begins = !part.is(Message.CONTINUES);
        if (client && begins && part.type() != MessageType.Frontend.COPY_DATA) {
            tally.add(Unjudged.REDACTED, part.is(Message.REDACTED) ? 1 : 0);
            boolean tooLong = part.is(Message.MORE) && part.bodyLength() > BODY_BYTES_MAX;
            tally.add(Unjudged.CUT, tooLong || part.is(Message.TRUNCATED) ? 1 : 0);
        }
        Message message = parts.join(part);
        if (message != null) {
            ByteBuf body = Unpooled.wrappedBuffer(message.body());
            if (client) {
                session.onFrontend(message, body);
            } else {
                session.onBackend(message, body);
            }
        }
    }

    private void told(WhatIfSession session, long at) {
        List<Judgement> ours = session.now().take();
        List<Judgement> others = session.before().take();
        SessionOpen open = session.open();
        for (int i = 0; i < Math.min(ours.size(), others.size()); i++) {
            Judgement one = ours.get(i);
            if (one.what() == Judgement.What.STATEMENT) {
                tally.add(Unjudged.UNKNOWN, one.fingerprint().isEmpty() && !session.callsFunction() ? 1 : 0);
                tally.add(Unjudged.ROWS, session.isFrontendOnly() ? 1 : 0);
            }
            tally.add(others.get(i), one, new Example(open.session(), at, open.user(), one.fingerprint(), one.text()));
        }
    }

    /** Nothing follows. */
    public Report report() {
        sessions.values().forEach(session -> {
            session.close(nanos);
            told(session, nanos);
        });
        sessions.clear();
        return tally.report(opened, set);
    }
}
