package io.pgweir.replay;

/**
 * When what was captured is due.
 *
 * @param startNanos {@link System#nanoTime} of the first moment
 * @param fromNanos that moment in the capture
 * @param speed 2 is twice as fast; infinite for as fast as answers come
 */
record Pace(long startNanos, long fromNanos, double speed) {
    long due(long nanos) {
        return startNanos + scaled(nanos - fromNanos);
    }

    long scaled(long nanos) {
        return (long) (nanos / speed);
    }

    boolean isTimed() {
        return Double.isFinite(speed);
    }
}
