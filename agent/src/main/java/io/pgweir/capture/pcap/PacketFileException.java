package io.pgweir.capture.pcap;

import java.io.IOException;

/** A file of packets that cannot be read, or not any further. */
public final class PacketFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param text what was found, then what was expected */
    PacketFileException(String text, long offset) {
        super(text + ", offset " + offset);
    }
}
