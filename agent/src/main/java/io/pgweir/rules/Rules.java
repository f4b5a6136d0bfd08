package io.pgweir.rules;

import io.pgweir.config.ConfigException;

/** The rules in force: one immutable set in one volatile. Any thread. */
public final class Rules {
    private volatile Source source;
    private volatile RuleSet current;

    /** Where sets come from. */
    @FunctionalInterface
    public interface Source {
        /** Reads everything anew. */
        RuleSet read() throws ConfigException;
    }

    /** @throws ConfigException with every fault of the first reading */
    public Rules(Source source) throws ConfigException {
        this.source = source;
        this.current = source.read();
    }

    public RuleSet current() {
        return current;
    }

    /**
     * Reads again, and replaces the set if nothing is wrong; blocks on files. One caller at a time.
     *
     * @return the set that was in force before
     * @throws ConfigException with every fault; the set stays as it was
     */
    public RuleSet reload() throws ConfigException {
        RuleSet next = source.read();
        RuleSet before = current;
        current = next;
        return before;
    }

    /** Another source from now on, which has said {@code checked}. */
    public void replace(RuleSet checked, Source from) {
        source = from;
        current = checked;
    }
}
