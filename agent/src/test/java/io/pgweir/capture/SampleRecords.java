package io.pgweir.capture;

import io.pgweir.capture.CaptureHeader.Options;
import io.pgweir.capture.CaptureHeader.Server;
import io.pgweir.capture.CaptureRecord.Cancel;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.Gap;
import io.pgweir.capture.CaptureRecord.Leg;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.capture.CaptureRecord.Origin;
import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.wire.TransactionStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Records of every kind, and any. */
final class SampleRecords {
    static final CaptureHeader HEADER = new CaptureHeader(
            "agent-1",
            UUID.fromString("0195512a-0000-7000-8000-000000000001"),
            0,
            Instant.parse("2026-11-21T10:20:30.123456789Z"),
            List.of(new Server("orders", "10.0.0.1:5432", "17.2")),
            Options.ALL,
            "",
            "0.1.0");

    private SampleRecords() {}

    static SessionOpen open(long session, long nanos) {
        return new SessionOpen(
                session,
                nanos,
                new UUID(7, session),
                Origin.BEGAN,
                "alice",
                "shop",
                "psql",
                196608,
                List.of(new Setting("user", "alice"), new Setting("database", "shop")),
                new Leg("127.0.0.1:40000", ""),
                new Leg("127.0.0.1:5432", ""));
    }

    static Message message(long session, long nanos, Direction direction, char type, byte[] body) {
        return new Message(session, nanos, direction, (byte) type, 0, 1, body.length, body);
    }

    static Arbitrary<CaptureRecord> any() {
        return Arbitraries.oneOf(
                anyOpen(), anyState(), anyMessage(), anyResponse(), anyGap(), anyEnd(), anyMoment(Cancel::new));
    }

    private interface AtMoment<T> {
        T at(long session, long nanos);
    }

    private static <T> Arbitrary<T> anyMoment(AtMoment<T> make) {
        return Combinators.combine(
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.longs().greaterOrEqual(0))
                .as(make::at);
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings()
                .excludeChars('\ud800')
                .withCharRange(' ', '\ud7ff')
                .ofMaxLength(40);
    }

    /** Unlike any name of a secret. */
    private static Arbitrary<Setting> setting() {
        return Combinators.combine(Arbitraries.strings().withChars("abcd_").ofMaxLength(12), text())
                .as(Setting::new);
    }

    private static Arbitrary<CaptureRecord> anyOpen() {
        Arbitrary<Leg> leg = Combinators.combine(text(), text()).as(Leg::new);
        return Combinators.combine(
                        anyMoment(SampleRecords::open),
                        Arbitraries.of(Origin.class),
                        text(),
                        text(),
                        text(),
                        Arbitraries.integers(),
                        setting().list().ofMaxSize(5),
                        leg)
                .as((open, origin, user, database, application, protocol, settings, address) -> new SessionOpen(
                        open.session(),
                        open.nanos(),
                        open.id(),
                        origin,
                        user,
                        database,
                        application,
                        protocol,
                        settings,
                        address,
                        address));
    }

    private static Arbitrary<CaptureRecord> anyState() {
        Arbitrary<Statement> statement = Combinators.combine(
                        text(), text(), Arbitraries.integers().list().ofMaxSize(4))
                .as(Statement::new);
        return Combinators.combine(
                        anyMoment(SampleRecords::open),
                        Arbitraries.of(TransactionStatus.class),
                        setting().list().ofMaxSize(4),
                        statement.list().ofMaxSize(4),
                        text().list().ofMaxSize(3),
                        text().list().ofMaxSize(3))
                .as((open, transaction, settings, statements, portals, channels) -> new SessionState(
                        open.session(), open.nanos(), transaction, settings, statements, portals, channels));
    }

    /** Not of a login. */
    private static Arbitrary<CaptureRecord> anyMessage() {
        Arbitrary<Byte> type = Arbitraries.of('Q', 'B', 'P', 'E', 'S', 'D', 'C', 'T', 'd', 'Z', '1', (char) 0xff)
                .map(letter -> (byte) letter.charValue());
        return Combinators.combine(
                        anyMoment(SampleRecords::open),
                        Arbitraries.of(Direction.class),
                        type,
                        Arbitraries.integers().between(0, Message.FLAGS),
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.integers().greaterOrEqual(0),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(600))
                .as((open, direction, letter, flags, request, length, body) -> new Message(
                        open.session(),
                        open.nanos(),
                        direction,
                        letter,
                        flags,
                        request,
                        (flags & ~Message.REDACTED) == 0 ? body.length : length,
                        body));
    }

    private static Arbitrary<CaptureRecord> anyResponse() {
        Arbitrary<Long> count = Arbitraries.longs();
        return Combinators.combine(anyMoment(SampleRecords::open), count, count, text(), text(), count, count, count)
                .as((open, request, rows, tag, sqlState, first, ordered, unordered) -> new Response(
                        open.session(),
                        open.nanos(),
                        request,
                        rows,
                        ~rows,
                        tag,
                        sqlState,
                        first,
                        ~first,
                        ordered,
                        unordered,
                        request ^ rows));
    }

    private static Arbitrary<CaptureRecord> anyGap() {
        Arbitrary<Long> count = Arbitraries.longs().between(0, 1L << 40);
        return Combinators.combine(anyMoment(SampleRecords::open), Arbitraries.of(Gap.Why.class), count, count)
                .as((open, why, messages, bytes) -> new Gap(open.session(), open.nanos(), why, messages, bytes));
    }

    private static Arbitrary<CaptureRecord> anyEnd() {
        return Combinators.combine(anyMoment(SampleRecords::open), text())
                .as((open, cause) -> new SessionEnd(open.session(), open.nanos(), cause));
    }
}
