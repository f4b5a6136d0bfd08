package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Gap;

/** Hears how much a capture takes, how much it leaves out, and that its directory is full. Any thread; nobody waits for it. */
public interface CaptureListener {
    /** Nobody wants to know. */
    CaptureListener NONE = new CaptureListener() {
        @Override
        public void onMessage(boolean begins, int bodyBytes) {}

        @Override
        public void onDropped(Gap.Why why, long messages) {}

        @Override
        public void onWritten(long bytes) {}

        @Override
        public void onFull() {}
    };

    /**
     * A message, or a part of one, went on its way into a file.
     *
     * @param begins whether the message begins with it
     */
    void onMessage(boolean begins, int bodyBytes);

    /** Messages were left out. */
    void onDropped(Gap.Why why, long messages);

    /** A file has so many bytes more. */
    void onWritten(long bytes);

    /** The directory has as much as it may: what there is is whole and closed, and nothing more is taken. */
    void onFull();
}
