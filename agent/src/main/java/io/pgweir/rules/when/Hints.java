package io.pgweir.rules.when;

import io.pgweir.config.NearName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a name that is not there may have been meant for. */
final class Hints {
    /** The checker tells the first part of a dotted name only. */
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '.*", Pattern.DOTALL);

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.]*");

    private Hints() {}

    /**
     * @param line from 1, where the checker points
     * @param column from 1
     */
    static String of(String message, String text, int line, int column) {
        String at = text.lines().skip(line - 1L).findFirst().orElse("");
        Matcher name = NAME.matcher(at);
        boolean unknown = UNDECLARED.matcher(message).matches() && column <= at.length() && name.find(column - 1);
        return unknown
                ? "unknown name `" + name.group() + "`" + NearName.hint(name.group(), Variables.ALL.keySet())
                : message.strip().replaceAll("\\s+", " ");
    }
}
