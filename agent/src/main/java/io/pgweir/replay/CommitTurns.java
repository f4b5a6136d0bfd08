package io.pgweir.replay;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Says for which statements of others each step is to wait, so that sessions that touch the same rows touch them in the order in which they
 * did. A write here is a statement that may write or lock, and what ends a transaction. Statements are numbered when their answers are read.
 *
 * <pre>
 *  what reads               waits for the writes that were answered before it was asked
 *  what ends a transaction  for all that was answered before it was asked: it waits for nobody's locks
 *  what may write           may have waited for locks: for all that was answered before it was
 * </pre>
 *
 * The last is known only when its answer has been read, and it is held back until then. Nobody so waits for what waits for him, while locks
 * are taken in the order in which they were. The reader's thread.
 */
final class CommitTurns {
    private final long heldNanosMax;
    private final FactsCache facts;
    private final Set<Session> holding = new LinkedHashSet<>();

    /** Statements whose answers have been read. */
    private long answered;

    /** The last of them that was a write. */
    private long written;

    /** @param heldNanosMax how long a statement may take in the capture, to be held back until its answer */
    CommitTurns(long heldNanosMax, FactsCache facts) {
        this.facts = facts;
        this.heldNanosMax = heldNanosMax;
    }

    Session session(Consumer<Step> to) {
        return new Session(to);
    }

    /** Everything up to this moment of the capture has been read. */
    void onTime(long nanos) {
        while (!holding.isEmpty()) {
            Session first = holding.iterator().next();
            if (nanos - first.heldSince <= heldNanosMax) {
                return;
            }
            first.release();
        }
    }

    private enum Turn {
        READS,
        ENDS,
        WRITES
    }

    private Turn turn(List<SqlStatement> statements) {
        Turn gravest = Turn.READS;
        for (SqlStatement statement : statements) {
            Turn turn = turn(statement);
            gravest = turn.compareTo(gravest) > 0 ? turn : gravest;
        }
        return gravest;
    }

    private Turn turn(SqlStatement statement) {
        switch (statement.kind()) {
            case BEGIN, SAVEPOINT, RELEASE, PREPARE, DEALLOCATE, DEALLOCATE_ALL -> {
                return Turn.READS;
            }
            case COMMIT, ROLLBACK, ROLLBACK_TO, PREPARE_TRANSACTION, COMMIT_PREPARED, ROLLBACK_PREPARED -> {
                return Turn.ENDS;
            }
            default -> {}
        }
        if (statement.statementClass() == StatementClass.MISC_SET) {
            return Turn.READS;
        }
        if (statement.statementClass() != StatementClass.READ) {
            return Turn.WRITES;
        }
        StatementFacts known = facts.of(statement);
        boolean reads =
                known.complete() && !known.locksRows() && known.functions().isEmpty();
        return reads ? Turn.READS : Turn.WRITES;
    }

    /** Of one session. */
    final class Session {
        private final Consumer<Step> to;

        /** Messages that run something, and have not been answered. */
        private final ArrayDeque<Asked> asked = new ArrayDeque<>();

        /** What is held back, from a statement that may write on; empty for nothing. */
        private List<Held> held = new ArrayList<>();

        private long heldSince;
        private boolean inSegment;

        /** The segment has been held back, or need not be. */
        private boolean decided;

        /** The first message of the segment, and the number of its first statement that has been answered; 0 for none. */
        private long segment;

        private long ownFirst;

        /** What the session has been told to wait for. */
        private long told;

        private record Asked(long number, boolean reads) {}

        private record Held(Step step, Turn turn, boolean ends) {}

        private Session(Consumer<Step> to) {
            this.to = to;
        }

        /**
         * @param named the statements that the message parses, binds or runs
         * @param runs whether it runs them
         */
        void onAsked(Step.Send send, List<SqlStatement> named, boolean runs, boolean endsSegment) {
            Turn turn = turn(named);
            if (runs) {
                asked.add(new Asked(send.number(), turn == Turn.READS));
            }
            if (send.type() == MessageType.Frontend.COPY_DATA) {
                release();
            }
            take(new Held(send, turn, endsSegment));
        }

        private void take(Held next) {
            if (!held.isEmpty()) {
                held.add(next);
            } else if (next.turn == Turn.WRITES && !decided && next.step instanceof Step.Send send) {
                heldSince = send.nanos();
                held.add(next);
                holding.add(this);
            } else {
                pass(next);
            }
        }

        private void pass(Held next) {
            if (next.step instanceof Step.Send send) {
                if (!inSegment) {
                    segment = send.number();
                    ownFirst = 0;
                    await(next.turn == Turn.READS ? written : answered);
                }
                inSegment = !next.ends;
                decided &= inSegment;
            }
            to.accept(next.step);
        }

        /** What is in the same segment will be done with it only. */
        private void await(long wanted) {
            long number = ownFirst == 0 ? wanted : Math.min(wanted, ownFirst - 1);
            if (number > told) {
                told = number;
                to.accept(new Step.Await(number));
            }
        }

        /** A step that is no message. */
        void on(Step step) {
            if (step instanceof Step.End) {
                release();
            }
            take(new Held(step, Turn.READS, false));
        }

        /** @param ready how often the server will have been ready when what was answered is done */
        void onAnswered(Step.Expect expected, long ready) {
            long request = expected.response().request();
            while (!held.isEmpty() && held.getFirst().step instanceof Step.Send send && request >= send.number()) {
                release();
            }
            to.accept(expected);
            Asked next = asked.peek();
            while (next != null && next.number < request) {
                asked.remove();
                next = asked.peek();
            }
            if (next != null && next.number == request) {
                asked.remove();
                answered++;
                written = next.reads ? written : answered;
                ownFirst = ownFirst == 0 && inSegment && request >= segment ? answered : ownFirst;
                to.accept(new Step.Ran(answered, ready));
            }
        }

        /** What is held back goes; up to the next that is. */
        private void release() {
            if (held.isEmpty()) {
                return;
            }
            List<Held> all = held;
            held = new ArrayList<>();
            holding.remove(this);
            if (!inSegment && all.getFirst().step instanceof Step.Send send) {
                segment = send.number();
                ownFirst = 0;
            }
            await(answered);
            inSegment = true;
            decided = true;
            pass(all.getFirst());
            for (Held each : all.subList(1, all.size())) {
                take(each);
            }
        }
    }
}
