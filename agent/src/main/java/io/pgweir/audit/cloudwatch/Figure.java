package io.pgweir.audit.cloudwatch;

import io.pgweir.telemetry.Histogram;

/** What one metric says under one set of dimensions. */
sealed interface Figure {
    /** Both as one; of the same kind. */
    Figure and(Figure other);

    /** At this moment: of several, their sum. */
    record Level(long value) implements Figure {
        @Override
        public Figure and(Figure other) {
            return new Level(value + ((Level) other).value);
        }
    }

    /** At this moment: of several, the worst. */
    record Worst(long value) implements Figure {
        @Override
        public Figure and(Figure other) {
            return new Worst(Math.max(value, ((Worst) other).value));
        }
    }

    /** Since the start. */
    record Total(long value) implements Figure {
        @Override
        public Figure and(Figure other) {
            return new Total(value + ((Total) other).value);
        }
    }

    /** Since the start. */
    record Times(Histogram.Counts counts) implements Figure {
        @Override
        public Figure and(Figure other) {
            return new Times(counts.plus(((Times) other).counts));
        }
    }
}
