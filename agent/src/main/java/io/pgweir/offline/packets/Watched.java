package io.pgweir.offline.packets;

import io.pgweir.capture.CaptureRecord.Direction;

/** What a session is told by those who read its two directions. */
interface Watched {
    /** When the packet was captured whose bytes are being read, in nanoseconds since 1970. */
    long nanos();

    /** A message that a capture keeps. */
    void onMessage(Direction from);

    void onTerminate();

    /** What a CancelRequest will name. */
    void onCancelKey(int processId, byte[] key);

    /** What is there is no message: nobody knows where the next one begins. */
    void onNoMessage();
}
