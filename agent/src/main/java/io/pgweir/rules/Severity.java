package io.pgweir.rules;

/** How bad it is when a rule matches. Of two equal actions that exclude each other, the one of the more severe rule counts. */
public enum Severity {
    INFO,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
}
