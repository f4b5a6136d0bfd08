package io.pgweir.capture.pcap;

import io.pgweir.capture.CaptureRecord.Direction;
import java.nio.ByteBuffer;

/**
 * Who hears what the two ends of a TCP connection say, each direction's bytes in their order, and no answer before what its sender had
 * received when it gave it. One thread.
 */
public interface TcpHearer {
    /** @param bytes from position to limit, borrowed for the call; never none */
    void onBytes(Direction from, long epochNanos, ByteBuffer bytes);

    /** So many bytes come next that no packet has. */
    void onMissing(Direction from, long epochNanos, long bytes);

    /**
     * Nothing follows: both ends have said so, or one has broken off.
     *
     * @param by who was first to say so
     */
    void onEnd(Direction by, boolean reset, long epochNanos);

    /** The files end, and it does not. */
    void onFileEnd();

    /** Nobody listens any more: too many others are open, and this one has been silent for longest. */
    void onDropped(long epochNanos);

    /** Bytes that it keeps for later. */
    long heldBytes();
}
