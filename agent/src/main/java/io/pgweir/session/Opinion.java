package io.pgweir.session;

/** What somebody thinks of an execution, carried with it to those who are told of it; the session never looks inside. */
public interface Opinion {}
