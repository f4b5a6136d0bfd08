package io.pgweir.rules;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One of the things that a rule does, as its file says. Immutable; which counts is {@link ActionKind}'s order. */
public sealed interface Action {
    ActionKind kind();

    /** Nothing: the rule is there to be told of. It takes nothing back from other rules; exemptions do. */
    record Allow() implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.ALLOW;
        }
    }

    /** An error in the statement's place; at {@link Moment#SESSION} the session ends by it. */
    record Block(
            String sqlState,
            String message,
            @Nullable String detail,
            @Nullable String hint) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.BLOCK;
        }
    }

    /** A FATAL error, and the session's end. */
    record Close(String sqlState, String message, @Nullable String hint) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.CLOSE;
        }
    }

    /** Other values in the columns' place. */
    record Mask(List<ColumnPattern> columns, Masking how, Derived derived) implements Action {
        public Mask {
            columns = List.copyOf(columns);
        }

        @Override
        public ActionKind kind() {
            return ActionKind.MASK;
        }
    }

    /** What becomes of a result column that is no table's column while the statement names, or may name, a masked one. */
    enum Derived {
        /** Masked as well. */
        MASK,
        /** The statement is blocked. */
        BLOCK,
        /** Shown. */
        PASS
    }

    /** Another statement in its place, or at most so many rows of its own; exactly one of the two. */
    sealed interface Rewrite extends Action {
        @Override
        default ActionKind kind() {
            return ActionKind.REWRITE;
        }

        /** This text instead. */
        record Replace(String sql) implements Rewrite {}

        /** A LIMIT where the query has none or a higher one. */
        record AtMost(long rows) implements Rewrite {}
    }

    /** So much of a result, then an error. Bounds are inclusive; {@link Long#MAX_VALUE} for none. */
    record Limit(long rowsMax, long bytesMax, String sqlState, String message) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.LIMIT;
        }
    }

    /**
     * Executions wait for their turn; those that would wait longer than {@code waitMax} fail.
     *
     * @param perSecond tokens that come back
     * @param burst tokens at most
     * @param by empty where all sessions share one bucket
     */
    record Throttle(double perSecond, int burst, Set<Key> by, Duration waitMax, String sqlState, String message)
            implements Action {
        public Throttle {
            by = Set.copyOf(by);
        }

        @Override
        public ActionKind kind() {
            return ActionKind.THROTTLE;
        }
    }

    /**
     * So much of results within a rolling window, then an error: in the midst of a result, and for what begins while it is
     * spent. Bounds are inclusive; {@link Long#MAX_VALUE} for none.
     *
     * @param by empty where all sessions share one budget
     */
    record Budget(long rowsMax, long bytesMax, Duration window, Set<Key> by, String sqlState, String message)
            implements Action {
        public Budget {
            by = Set.copyOf(by);
        }

        @Override
        public ActionKind kind() {
            return ActionKind.BUDGET;
        }
    }

    /** A warning in the log and a mark in the record. */
    record Alert(String channel) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.ALERT;
        }
    }

    /** A word for the record. */
    record Tag(String name, String value) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.TAG;
        }
    }

    /**
     * Records for a share of the executions only; what is left out is counted.
     *
     * @param share over 0, at most 1
     */
    record Sample(double share) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.SAMPLE;
        }
    }

    /** The record shows parameters' values, whatever {@code audit.parameters} says. */
    record CaptureFull() implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.CAPTURE;
        }
    }

    /** No record; counted. */
    record Exclude() implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.EXCLUDE;
        }
    }

    /** Where it shall run. */
    record Route(Target target) implements Action {
        @Override
        public ActionKind kind() {
            return ActionKind.ROUTE;
        }
    }

    /** A node by its role. */
    enum Target {
        LEADER,
        REPLICA
    }
}
