package io.pgweir.capture;

import java.io.IOException;

/** A directory has as many bytes of captures as it may. */
public final class CaptureFullException extends IOException {
    private static final long serialVersionUID = 1L;

    CaptureFullException(String message) {
        super(message);
    }
}
