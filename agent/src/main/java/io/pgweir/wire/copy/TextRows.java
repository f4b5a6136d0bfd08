package io.pgweir.wire.copy;

import org.jspecify.annotations.Nullable;

/** Format text: a backslash takes the next byte with it, a line end too; {@code \.} alone on a line ends the data. */
final class TextRows extends LineRows {
    private enum State {
        DATA,
        /** Behind a backslash. */
        ESCAPED,
        /** Behind a backslash that began a line. */
        ESCAPED_AT_LINE_START,
        /** Behind {@code \.} that began a line. */
        MARKER
    }

    private State state = State.DATA;

    TextRows(boolean @Nullable [] leads, boolean header) {
        super(leads, header, (byte) '\\', (byte) '\\');
    }

    @Override
    boolean isCurious() {
        return state != State.DATA;
    }

    @Override
    void on(byte b) {
        switch (state) {
            case DATA -> onData(b);
            case ESCAPED -> state = State.DATA;
            case ESCAPED_AT_LINE_START -> state = b == '.' ? State.MARKER : State.DATA;
            case MARKER -> {
                state = State.DATA;
                if (b == '\n' || b == '\r') {
                    end();
                } else {
                    onData(b);
                }
            }
        }
    }

    private void onData(byte b) {
        if (b == '\n' || b == '\r') {
            endLine(b);
            return;
        }
        if (b == '\\') {
            state = atLineStart ? State.ESCAPED_AT_LINE_START : State.ESCAPED;
        }
        atLineStart = false;
    }

    @Override
    void onPair() {
        state = State.DATA;
        atLineStart = false;
    }

    /** An end marker may be the last thing of all. */
    @Override
    public void finish() {
        if (state == State.MARKER) {
            end();
        }
        super.finish();
    }
}
