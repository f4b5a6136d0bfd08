package io.pgweir.session;

/** Where a statement ran, in the words of whoever sent it there; a tracker keeps it with the execution and never looks into it. */
public interface Placement {}
