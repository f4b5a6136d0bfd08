package io.pgweir.config;

import java.util.Comparator;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param line from 1; 0 where the whole file is meant
 * @param column in characters, from 1; 0 where the whole line is meant
 */
public record Fault(String file, int line, int column, String message) {
    static final Comparator<Fault> IN_FILE_ORDER =
            Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column);

    @Override
    public String toString() {
        String place = line == 0 ? file : column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
        return place + ": " + message;
    }
}
