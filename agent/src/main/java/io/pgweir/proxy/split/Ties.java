package io.pgweir.proxy.split;

import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client's statements leave behind on the leader: settings and prepared statements, which other nodes can be given, and what
 * they cannot, which pins the session.
 *
 * <p>Thread: the session's event loop.
 */
final class Ties {
    static final String POSITION_UNKNOWN = "position-unknown";

    private final Leader leading;
    private final Reader reading;
    private final ReadBlock block;
    private final SessionSettings settings;
    private final ClientStatements statements;
    private final Harvest harvest;
    private final Telemetry telemetry;

    /** Why everything goes to the leader from now on; null where it does not. */
    private @Nullable String pinned;

    /** What alone has pinned it; null where something else has. */
    private @Nullable Segment pinning;

    /** Something is set in the transaction that is under way, and perhaps no longer than for that. */
    private boolean setting;

    Ties(
            Leader leading,
            Reader reading,
            ReadBlock block,
            SessionSettings settings,
            ClientStatements statements,
            Harvest harvest,
            Telemetry telemetry) {
        this.leading = leading;
        this.reading = reading;
        this.block = block;
        this.settings = settings;
        this.statements = statements;
        this.harvest = harvest;
        this.telemetry = telemetry;
    }

    /** Why everything goes to the leader; null where it does not. */
    @Nullable
    String pinned() {
        return pinned;
    }

    /** Whether nothing but what another leader can be given is there. */
    boolean areMovable() {
        return (pinned == null || pinned.equals(POSITION_UNKNOWN)) && statements.areKept();
    }

    boolean isPinned() {
        return pinned != null;
    }

    /** From now on, everything goes to the leader. */
    void pin(String reason) {
        pin(reason, null);
    }

    /** @param by what the leader is asked, and may turn out to be no SQL */
    void pin(String reason, @Nullable Segment by) {
        pinning = pinned == null || pinning == by ? by : null;
        if (pinned == null) {
            pinned = reason;
            telemetry.counter(Metric.SPLIT_PINS, reason).increment();
            if (block.node() == null) {
                reading.leaveIfQuiet();
            }
        }
    }

    private void unpin() {
        pinned = null;
        pinning = null;
        harvest.recall();
    }

    /** Asks the leader how far it is, where something was written; nobody waits for it but reads. */
    void askPosition() {
        if (pinned != null) {
            harvest.forget();
        } else {
            harvest.ask(leading.node());
        }
    }

    /**
     * The leader has answered all of a segment.
     *
     * @param before status of the client's transaction
     * @param now status of it
     */
    void onReady(Segment segment, byte before, byte now) {
        for (int i = 0; i < segment.done.size(); i++) {
            Segment.Done done = segment.done.get(i);
            if (!segment.failed) {
                onDone(done);
            } else if (i < segment.completed) {
                onUndone(done);
            }
            SqlStatement statement = done.statement();
            if (statement != null && statement.kind() == StatementKind.PREPARE) {
                statements.onAnswered(statement);
            }
        }
        if (segment == pinning && segment.isNoSql()) {
            unpin();
        }
        if (now == 'I') {
            setting = false;
            boolean committed = !segment.failed && !(before != 'I' && segment.tag.equals("ROLLBACK"));
            if (committed) {
                settings.onCommit();
            } else {
                settings.onRollback();
            }
            if (settings.isTooMany()) {
                pin("too-many-settings");
            }
            askPosition();
        }
    }

    /** What it was done with has failed: what is prepared is no part of a transaction. */
    private void onUndone(Segment.Done done) {
        setting |= done.need().reason().equals(Reason.SETTING);
        SqlStatement statement = done.statement();
        if (statement != null && statement.kind() == StatementKind.DISCARD_ALL) {
            onNothingPrepared();
        } else if (statement != null) {
            onPrepared(statement);
        }
    }

    /** Something is set for the transaction that is under way, if not for longer. */
    void onSetting() {
        setting = true;
    }

    private void onDone(Segment.Done done) {
        setting |= done.need().reason().equals(Reason.SETTING);
        SqlStatement statement = done.statement();
        switch (done.need().effect()) {
            case SETTING -> {
                if (statement == null || !isAscii(statement.text())) {
                    pin("setting");
                } else {
                    settings.set(statements.settingOf(statement), statement.text(), OwnSetting.of(statement));
                }
            }
            case RESET -> {
                settings.discardAll();
                statements.onCloseAll();
                leading.node().statements().forgetAll();
                unpin();
            }
            case STATE, NONE -> {}
        }
        if (statement != null) {
            onDone(statement);
            if (done.need().reason().equals(Reason.DEFINITION)) {
                statements.onDefinition();
            }
        }
    }

    private void onDone(SqlStatement statement) {
        if (statement.kind() == StatementKind.ROLLBACK_TO && settings.isAnythingUncommitted()) {
            pin("savepoint");
        }
        onPrepared(statement);
    }

    private void onPrepared(SqlStatement statement) {
        switch (statement.kind()) {
            case PREPARE -> {
                Parsed made = statements.onPrepare(statement, setting ? Parsed.UNKNOWN_READING : settings.reading());
                if (made == null || statements.prepared().size() > ClientStatements.PREPARED_MAX) {
                    pin(Reason.PREPARED_STATEMENT);
                } else {
                    leading.node().statements().learn(made);
                }
            }
            case DEALLOCATE_ALL -> onNothingPrepared();
            case DEALLOCATE -> {
                NodeSession reader = reading.node();
                String name = Objects.requireNonNullElse(statement.preparedName(), "");
                Parsed closed = statements.onClose(name);
                leading.node().statements().forget(name);
                if (closed != null && reader != null) {
                    reader.statements().drop(closed.name());
                }
            }
            default -> {}
        }
    }

    private void onNothingPrepared() {
        NodeSession reader = reading.node();
        statements.onCloseAll();
        leading.node().statements().forgetAll();
        if (reader != null) {
            reader.statements().dropAll();
        }
    }

    /** The client closes that statement, at {@code where}. */
    void onClosed(String name, NodeSession where) {
        NodeSession reader = reading.node();
        statements.onClose(name);
        if (where != leading.node()) {
            leading.node().statements().drop(name);
        } else if (reader != null) {
            reader.statements().drop(name);
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }
}
