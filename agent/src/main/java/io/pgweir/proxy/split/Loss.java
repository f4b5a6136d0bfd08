package io.pgweir.proxy.split;

import io.pgweir.routing.split.Need;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of what a leader had not answered when it went. What can have had no effect is run again on the next leader; what may
 * have had one never is.
 *
 * @param steps of the client's segments, in order
 * @param status of the client's transaction behind the last of them
 * @param inBlock whether a transaction block that is lost has to be ended on the next leader, by the client
 * @param untold whether nobody has told the client yet that its transaction is lost
 */
record Loss(ArrayDeque<Step> steps, byte status, boolean inBlock, boolean untold) {
    /** What the client hears. */
    enum Fate {
        /** The next leader's answer. */
        AGAIN,
        /** Nobody knows whether it was executed. */
        UNKNOWN,
        /** It was not, or not for good. */
        UNDONE,
        /** It was a reader's, which is gone: too much was said, or asked, for it to be run again. */
        READERS
    }

    /**
     * @param again what is to be run again
     * @param status of the transaction in the ReadyForQuery behind an error
     */
    record Step(Segment segment, Fate fate, List<Segment.Kept> again, byte status) {}

    /**
     * @param status of the transaction before the first
     * @param wrote whether it may have written already
     * @param retries whether anything may be run again
     * @return null where nobody can tell
     */
    static @Nullable Loss of(List<Segment> unanswered, byte status, boolean wrote, boolean retries) {
        Plan plan = new Plan(status, wrote, retries);
        for (int i = 0; i < unanswered.size(); i++) {
            if (!plan.add(unanswered.get(i), i == unanswered.size() - 1)) {
                return null;
            }
        }
        return plan.made();
    }

    private static final class Plan {
        private final ArrayDeque<Step> steps = new ArrayDeque<>(2);

        /** Within a block that is lost. */
        private boolean lost;

        /** It had failed before, and the client knows. */
        private final boolean failed;

        /** The client goes on as if a BEGIN had succeeded. */
        private boolean ghost;

        private final boolean retries;
        private boolean wrote;
        private boolean told;
        private boolean needsBlock;
        private byte status;

        Plan(byte status, boolean wrote, boolean retries) {
            this.retries = retries;
            this.status = status;
            this.lost = status != 'I';
            this.failed = status == 'E';
            this.wrote = wrote;
            this.told = failed;
        }

        boolean add(Segment segment, boolean last) {
            boolean begins = false;
            boolean commits = false;
            boolean rollsBack = false;
            int controls = 0;
            for (Segment.Done done : segment.done) {
                StatementKind kind = kind(done.statement());
                begins |= kind == StatementKind.BEGIN;
                commits |= kind == StatementKind.COMMIT || kind == StatementKind.PREPARE_TRANSACTION;
                rollsBack |= kind == StatementKind.ROLLBACK;
                controls += isControl(kind) ? 1 : 0;
            }
            if (controls > 1) {
                return false;
            }
            wrote |= segment.mayWrite();
            if (lost) {
                inLostBlock(segment, commits, rollsBack);
            } else if (ghost && (commits || rollsBack)) {
                ghost = false;
                step(segment, wrote && commits ? Fate.UNKNOWN : Fate.UNDONE, 'I');
            } else if (ghost) {
                step(segment, Fate.UNDONE, 'I');
            } else if (begins) {
                ghost = !last || !isRepeatable(segment);
                step(segment, ghost ? Fate.UNDONE : Fate.AGAIN, 'I');
            } else if (isRepeatable(segment)) {
                step(segment, Fate.AGAIN, 'I');
            } else {
                step(segment, segment.mayWrite() ? Fate.UNKNOWN : Fate.UNDONE, 'I');
            }
            return true;
        }

        private void inLostBlock(Segment segment, boolean commits, boolean rollsBack) {
            if (rollsBack && isRepeatable(segment)) {
                needsBlock = true;
                lost = false;
                step(segment, Fate.AGAIN, 'I');
            } else if (commits || rollsBack) {
                lost = false;
                step(segment, commits && wrote && !failed ? Fate.UNKNOWN : Fate.UNDONE, 'I');
            } else {
                told = true;
                step(segment, Fate.UNDONE, 'E');
            }
        }

        private boolean isRepeatable(Segment segment) {
            return retries && segment.isRepeatable();
        }

        private void step(Segment segment, Fate fate, char after) {
            status = (byte) after;
            List<Segment.Kept> kept = fate == Fate.AGAIN ? segment.again() : null;
            steps.add(new Step(segment, fate, kept == null ? List.of() : kept, status));
        }

        Loss made() {
            return new Loss(steps, lost ? (byte) 'E' : status, lost || needsBlock, lost && !told);
        }

        private static StatementKind kind(@Nullable SqlStatement statement) {
            return statement == null ? StatementKind.OTHER : statement.kind();
        }

        private static boolean isControl(StatementKind kind) {
            return switch (kind) {
                case BEGIN, COMMIT, ROLLBACK, PREPARE_TRANSACTION -> true;
                default -> false;
            };
        }
    }

    /** Whether it may be run once more, whatever became of it the first time. */
    static boolean isRepeatable(Need need) {
        return !need.mayWrite() && need.effect() != Need.Effect.STATE;
    }
}
