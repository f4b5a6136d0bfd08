package io.pgweir.capture;

import java.io.IOException;

/** Nothing of a file can be read; its fault says why. */
public final class CaptureException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient CaptureFault fault;

    CaptureException(CaptureFault fault) {
        super(fault.toString());
        this.fault = fault;
    }

    public CaptureFault fault() {
        return fault;
    }
}
