package io.pgweir.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects faults while the reading goes on, so that one run tells all of them. Thread: the one that reads. */
final class Faults {
    private final String file;
    private final List<Fault> found = new ArrayList<>();

    Faults(String file) {
        this.file = file;
    }

    void add(Node where, String message) {
        add(where.getStartMark(), message);
    }

    /** Marks count from 0, people from 1. */
    void add(Optional<Mark> where, String message) {
        add(
                where.map(mark -> mark.getLine() + 1).orElse(0),
                where.map(mark -> mark.getColumn() + 1).orElse(0),
                message);
    }

    void add(int line, int column, String message) {
        found.add(new Fault(file, line, column, message));
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(
                    found.stream().sorted(Fault.IN_FILE_ORDER).distinct().toList());
        }
    }
}
