package io.pgweir.session;

/** A message of the client that the server owes an answer to. */
public interface Asked {
    /** Which of the client's messages it is, from 1. */
    long number();

    /** When it came. */
    long nanos();

    /** Whether pgweir asked it, and not the client: it has no number of its own. */
    boolean isOwn();
}
