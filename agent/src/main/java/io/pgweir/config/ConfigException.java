package io.pgweir.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used, with everything that is wrong with it. */
public final class ConfigException extends Exception {
    private final transient List<Fault> faults;

    /** @param faults at least one, in the files' order */
    public ConfigException(List<Fault> faults) {
        this.faults = List.copyOf(faults);
    }

    /** At least one, in the file's order. */
    public List<Fault> faults() {
        return faults;
    }

    /** One line a fault. */
    @Override
    public String getMessage() {
        return faults.stream().map(Fault::toString).collect(Collectors.joining("\n"));
    }
}
