package io.pgweir.audit.seal;

import java.util.List;

/** A sealed trail for tests of other packages. */
public final class SampleLines {
    private SampleLines() {}

    /** Statements, numbers 1 to {@code count} of one chain. */
    public static List<String> of(int count) {
        return new SampleTrail(null).statements(count).lines;
    }
}
