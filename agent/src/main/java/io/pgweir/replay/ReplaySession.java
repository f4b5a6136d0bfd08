package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.SessionState;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.capture.CaptureRecord.Statement;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.TransactionStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One captured session, run again on the target: what its client said, in its order, each message when it is due and what it had waited
 * for has come. A virtual thread of its own, and one more that reads.
 */
final class ReplaySession implements Runnable {
    private static final long LAST_ANSWER_SECONDS_MAX = 60;

    /** What of those that a server reports a client can set. */
    private static final List<String> SETTINGS = List.of(
            "client_encoding",
            "DateStyle",
            "TimeZone",
            "IntervalStyle",
            "application_name",
            "search_path",
            "standard_conforming_strings",
            "default_transaction_read_only");

    private final SessionOpen open;
    private final Target target;
    private final Pace pace;
    private final Results results;
    private final AtomicLong queued;
    private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final Comparison comparison;
    private final Conversation conversation;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile @Nullable SessionState state;

    /** Its last step has been taken. */
    private boolean ended;

    private long readyNanos;

    /** @param queued bytes of steps of all sessions that wait */
    ReplaySession(SessionOpen open, Target target, Pace pace, Results results, AtomicLong queued) {
        this.open = open;
        this.target = target;
        this.pace = pace;
        this.results = results;
        this.queued = queued;
        comparison = new Comparison(open.session(), results);
        conversation = new Conversation((_, response) -> comparison.onReplayed(response));
    }

    /** What it had when the capture found it; before its first step. */
    void found(SessionState had) {
        SessionState before = state;
        state = before == null ? had : before.plus(had);
    }

    void add(Step step) {
        queued.addAndGet(step.bytes());
        steps.add(step);
        begun.countDown();
    }

    private Step next(@Nullable TargetConnection connection) throws InterruptedException, IOException {
        Step step = steps.poll();
        if (step == null) {
            if (connection != null) {
                connection.flush();
            }
            step = steps.take();
        }
        queued.addAndGet(-step.bytes());
        ended = step instanceof Step.End;
        return step;
    }

    @Override
    public void run() {
        results.onSession();
        try {
            Pace.waitUntil(pace.due(open.nanos()));
            // What the session had when it was found stands before its first step.
            begun.await();
            runConnected();
        } catch (IOException fault) {
            fail(String.valueOf(fault.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fault) {
            fail(fault.toString());
        } finally {
            comparison.end();
        }
    }

    private void fail(String why) {
        results.onSessionFailed(open.session(), why);
        try {
            // What follows is still told: it was not done.
            while (!ended) {
                switch (next(null)) {
                    case Step.Send _ -> results.onNotSent();
                    case Step.Expect(var response) -> comparison.onCaptured(response);
                    case Step.Gap(long messages) -> results.onGap(messages);
                    case Step.Cancel _, Step.End _ -> {}
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void runConnected() throws IOException, InterruptedException {
        conversation.onStartup(open.protocol());
        try (TargetConnection connection =
                TargetConnection.open(target, open.protocol(), parameters(), conversation::onReceived)) {
            Thread reader = Thread.ofVirtual().start(() -> read(connection));
            restore(connection);
            readyNanos = System.nanoTime();
            for (Step step = next(connection); !(step instanceof Step.End); step = next(connection)) {
                act(connection, step);
            }
            connection.flush();
            conversation.awaitAnswers(TimeUnit.SECONDS.toMillis(LAST_ANSWER_SECONDS_MAX));
            hangUp(connection);
            reader.join(Duration.ofSeconds(LAST_ANSWER_SECONDS_MAX));
        }
    }

    private static void hangUp(TargetConnection connection) {
        try {
            connection.hangUp();
        } catch (IOException gone) {
            // The target was first: nothing was owed any more.
        }
    }

    private void read(TargetConnection connection) {
        try {
            connection.read(conversation::onReceived);
        } catch (IOException gone) {
            // Whoever writes learns it too, and tells.
        } finally {
            conversation.end();
        }
    }

    private List<Map.Entry<String, String>> parameters() {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        String user = target.user() == null ? open.user() : target.user();
        String database = target.database() == null ? open.database() : target.database();
        list.add(Map.entry("user", user));
        list.add(Map.entry("database", database));
        for (Setting each : open.parameters()) {
            if (!each.name().equals("user") && !each.name().equals("database")) {
                list.add(Map.entry(each.name(), each.value()));
            }
        }
        return list;
    }

    /** What the session had before the capture found it. */
    private void restore(TargetConnection connection) throws IOException, InterruptedException {
        SessionState had = state;
        if (had == null) {
            return;
        }
        StringBuilder sql = new StringBuilder();
        for (Setting setting : had.settings()) {
            if (SETTINGS.contains(setting.name())) {
                sql.append("SELECT pg_catalog.set_config('")
                        .append(setting.name())
                        .append("', '")
                        .append(setting.value().replace("'", "''"))
                        .append("', false);");
            }
        }
        if (had.transaction() != TransactionStatus.IDLE) {
            sql.append("BEGIN;");
        }
        if (had.transaction() == TransactionStatus.FAILED) {
            sql.append("ROLLBACK TO SAVEPOINT pgweir;");
        }
        for (Statement statement : had.statements()) {
            send(connection, MessageType.Frontend.PARSE, parse(statement));
        }
        send(connection, MessageType.Frontend.SYNC, new byte[0]);
        send(connection, MessageType.Frontend.QUERY, zeroTerminated(sql.toString()));
        connection.flush();
        conversation.awaitAnswers(TimeUnit.SECONDS.toMillis(LAST_ANSWER_SECONDS_MAX));
        conversation.forgetReady();
    }

    private void send(TargetConnection connection, byte type, byte[] body) throws IOException {
        conversation.onSent(type, body, 0);
        connection.write(type, body);
    }

    private static byte[] parse(Statement statement) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(zeroTerminated(statement.name()));
        body.writeBytes(zeroTerminated(statement.text()));
        List<Integer> types = statement.types();
        body.write(types.size() >> 8);
        body.write(types.size());
        for (int type : types) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                body.write(type >> shift);
            }
        }
        return body.toByteArray();
    }

    private static byte[] zeroTerminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private void act(TargetConnection connection, Step step) throws IOException, InterruptedException {
        switch (step) {
            case Step.Send send -> send(connection, send);
            case Step.Expect(var response) -> comparison.onCaptured(response);
            case Step.Cancel(long nanos) -> {
                connection.flush();
                Pace.waitUntil(pace.due(nanos));
                connection.cancel();
            }
            case Step.Gap(long messages) -> results.onGap(messages);
            case Step.End _ -> {}
        }
    }

    private void send(TargetConnection connection, Step.Send send) throws IOException, InterruptedException {
        long due = pace.due(send.nanos());
        long behind = 0;
        if (send.ready() > conversation.ready()) {
            connection.flush();
            readyNanos = conversation.awaitReady(send.ready());
        }
        if (send.thinkNanos() >= 0 && pace.isTimed() && readyNanos > 0) {
            long thought = readyNanos + pace.scaled(send.thinkNanos());
            behind = Math.max(0, thought - due);
            due = Math.max(due, thought);
        }
        if (conversation.isOver()) {
            throw new IOException("the target closed the connection");
        }
        if (due > System.nanoTime()) {
            connection.flush();
            Pace.waitUntil(due);
        }
        comparison.onSent(send.number(), send.labels());
        conversation.onSent(send.type(), send.body(), send.number());
        connection.write(send.type(), send.body());
        results.onSent(pace.isTimed() ? System.nanoTime() - due : 0, behind);
    }
}
