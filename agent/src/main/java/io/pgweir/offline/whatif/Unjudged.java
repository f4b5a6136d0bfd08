package io.pgweir.offline.whatif;

/** What a capture does not let anybody judge, or not for sure. */
public enum Unjudged {
    GAP("messages that the capture has not"),
    CUT("messages that the capture has only the beginning of, or that are too long"),
    REDACTED("statements whose secrets were left out of the capture"),
    UNKNOWN("requests whose statement is not known: prepared before the capture, or behind a gap"),
    ROWS("statements whose rows the capture has not: rules that count rows were not asked");

    private final String words;

    Unjudged(String words) {
        this.words = words;
    }

    /** Behind a count. */
    public String words() {
        return words;
    }
}
