package io.pgweir.audit;

/** A sink and the words it wants: each output has its own encoder, and its own losses. */
public record Output(RecordEncoder encoder, LineSink sink) {}
