package io.pgweir.limits;

/** Where an {@link Admission} stands. */
public enum Standing {
    HELD,
    WAITING,
    REFUSED,
    OVER
}
