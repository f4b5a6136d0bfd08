package io.pgweir.audit.seal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A key file cannot be used; the message is {@code file: what (expected: ...)}. */
public final class SealKeyException extends IOException {
    private static final long serialVersionUID = 1L;

    SealKeyException(Path file, String what, @Nullable Exception cause) {
        super(file + ": " + what, cause);
    }
}
