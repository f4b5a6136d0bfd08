package io.pgweir.wire.copy;

import org.jspecify.annotations.Nullable;

/**
 * Format csv: line ends between quotes are data. A quote that is its own escape simply toggles; another escape counts
 * between quotes only, and makes the quote behind it data.
 */
final class CsvRows extends LineRows {
    private enum Marker {
        NONE,
        /** Behind a backslash that began a line. */
        BACKSLASH,
        /** Behind {@code \.} that began a line. */
        DOT
    }

    private final byte quote;
    private final byte escape;
    private final boolean ownEscape;
    private final boolean endMarker;
    private boolean quoted;
    private boolean escaped;
    private Marker marker = Marker.NONE;

    CsvRows(boolean @Nullable [] leads, boolean header, byte quote, byte escape, boolean endMarker) {
        super(leads, header, quote, escape);
        this.quote = quote;
        this.escape = escape;
        this.ownEscape = quote != escape;
        this.endMarker = endMarker;
    }

    @Override
    boolean isCurious() {
        return escaped || marker != Marker.NONE || (endMarker && atLineStart && !quoted);
    }

    @Override
    void on(byte b) {
        if (!isMarker(b)) {
            onData(b);
        }
    }

    /** Follows {@code \.} at the start of a line; true where the marker is complete. */
    private boolean isMarker(byte b) {
        Marker before = marker;
        marker = Marker.NONE;
        if (endMarker && atLineStart && !quoted && b == '\\') {
            marker = Marker.BACKSLASH;
        } else if (before == Marker.BACKSLASH && b == '.') {
            marker = Marker.DOT;
        } else if (before == Marker.DOT && (b == '\n' || b == '\r')) {
            end();
            return true;
        }
        return false;
    }

    private void onData(byte b) {
        if (!quoted && (b == '\n' || b == '\r')) {
            escaped = false;
            endLine(b);
            return;
        }
        atLineStart = false;
        if (ownEscape && quoted && b == escape) {
            escaped = !escaped;
        }
        if (b == quote && !escaped) {
            quoted = !quoted;
        }
        if (!ownEscape || b != escape) {
            escaped = false;
        }
    }

    @Override
    void onPair() {
        marker = Marker.NONE;
        escaped = false;
        atLineStart = false;
    }

    @Override
    public void finish() {
        if (marker == Marker.DOT) {
            end();
        }
        super.finish();
    }
}
