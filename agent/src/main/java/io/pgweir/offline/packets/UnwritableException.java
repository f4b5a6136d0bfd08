package io.pgweir.offline.packets;

import java.io.IOException;

/** The capture cannot be written, however well its source can be read. */
public final class UnwritableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final IOException why;

    UnwritableException(IOException why) {
        super(why);
        this.why = why;
    }

    public IOException why() {
        return why;
    }
}
