package io.pgweir.cli;

import io.pgweir.boot.AgentStartException;

/** What the process says when it ends, in the words of BSD's sysexits.h. */
final class ExitCode {
    static final int OK = 0;
    /** It was done, and what was looked at is not as it should be. */
    static final int FINDINGS = 1;
    /** The command line is wrong. */
    static final int USAGE = 64;
    /** What was given is nothing that could be read. */
    static final int DATA = 65;
    /** What was to be read is not there. */
    static final int NO_INPUT = 66;
    /** Something that is needed is not there: an address is taken, a transport cannot be had. */
    static final int UNAVAILABLE = 69;
    /** A fault of pgweir itself. */
    static final int SOFTWARE = 70;
    /** A file cannot be written. */
    static final int IO = 74;
    /** The configuration is wrong; certificates, keys, and where records are to go included. */
    static final int CONFIG = 78;
    /** And its number: a signal ended it. */
    static final int SIGNAL = 128;

    private ExitCode() {}

    static int of(AgentStartException.Kind kind) {
        return switch (kind) {
            case BIND, TRANSPORT -> UNAVAILABLE;
            case TLS, RULES, AUDIT, AUTH, CAPTURE -> CONFIG;
        };
    }
}
