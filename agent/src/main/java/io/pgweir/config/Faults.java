package io.pgweir.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects faults while the reading goes on, so that one run tells all of them. Thread: the one that reads. */
public final class Faults {
    private final String file;
    private List<String> source = List.of();
    private final List<Fault> found = new ArrayList<>();

    public Faults(String file) {
        this.file = file;
    }

    /** The text that is read, to find columns within a block of text. */
    void source(String text) {
        source = text.lines().toList();
    }

    /** Blanks that the line begins with; from 1, 0 where there is no such line. */
    int indent(int line) {
        String text = line >= 1 && line <= source.size() ? source.get(line - 1) : "";
        return text.length() - text.stripLeading().length();
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

    /** Line and column from 1; 0 where the whole file is meant. */
    public void add(int line, int column, String message) {
        found.add(new Fault(file, line, column, message));
    }

    /** In the file's order. */
    public List<Fault> found() {
        return found.stream().sorted(Fault.IN_FILE_ORDER).distinct().toList();
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found());
        }
    }
}
