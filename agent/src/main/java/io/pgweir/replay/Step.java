package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;

/** What a session that is run again does next, as captured. Times are nanoseconds since the capture began. */
sealed interface Step {
    /** Of memory. */
    default int bytes() {
        return 64;
    }

    /**
     * @param number as captured
     * @param labels of each statement that it runs
     * @param ready how many ReadyForQuery the client had got by then
     * @param copies and CopyInResponses since the last of those
     * @param thinkNanos since the last answer; -1 where nothing had been answered since the message before
     */
    record Send(
            long nanos, byte type, byte[] body, long number, String[] labels, long ready, long copies, long thinkNanos)
            implements Step {
        @Override
        public int bytes() {
            return 128 + body.length;
        }
    }

    /** What became of a request then. */
    record Expect(Response response) implements Step {}

    record Cancel(long nanos) implements Step {}

    /** What follows waits until so many statements are done: {@link CommitOrder}. */
    record Await(long number) implements Step {}

    /** When the server has been ready so often, that statement is done. */
    record Ran(long number, long ready) implements Step {}

    /** Messages of it are not in the capture. */
    record Gap(long messages) implements Step {}

    /** @param letIn whether it had logged in */
    record End(long nanos, boolean letIn) implements Step {}
}
