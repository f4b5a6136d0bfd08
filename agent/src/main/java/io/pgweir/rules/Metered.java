package io.pgweir.rules;

import java.time.Duration;

/** What an expression asks a {@link Meter} for: what is not counted before cannot be told then. */
public record Metered(Key key, Duration window) {}
