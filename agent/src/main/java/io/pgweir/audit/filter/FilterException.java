package io.pgweir.audit.filter;

/** An expression that is none. */
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1;

    private final int column;

    FilterException(int column, String message) {
        super(message);
        this.column = column;
    }

    /** Of the first fault, from 1. */
    public int column() {
        return column;
    }
}
