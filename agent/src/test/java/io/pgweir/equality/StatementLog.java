package io.pgweir.equality;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a server ran each statement, by its own log, and what failed of it: {@code log_statement = all} with {@link #PREFIX}. */
final class StatementLog {
    /** Of each entry: user, application, SQLSTATE. */
    static final String PREFIX = "<%q%u|%a|%e>";

    private static final Pattern ENTRY = Pattern.compile(
            "(?m)^<(?<who>[^>\n]*)\\|(?<state>[0-9A-Z]{5})>(?<severity>[A-Z0-9]+):  (?<text>.*(?:\n\t.*)*)$");
    private static final Pattern RUN = Pattern.compile("(?s)(statement|execute|fastpath function call)\\b.*");

    private StatementLog() {}

    /**
     * Counts by text: statements with parameters, and errors with their SQLSTATE.
     *
     * @param wanted by user and application, {@code user|application}
     */
    static Map<String, Integer> counts(String log, Predicate<String> wanted) {
        var counts = new TreeMap<String, Integer>();
        Matcher entries = ENTRY.matcher(log);
        while (entries.find()) {
            String text = entries.group("text");
            String severity = entries.group("severity");
            boolean tells = severity.equals("ERROR")
                    || (severity.equals("LOG") && RUN.matcher(text).matches())
                    || (severity.equals("DETAIL") && text.startsWith("Parameters:"));
            if (tells && wanted.test(entries.group("who"))) {
                counts.merge(severity + " " + entries.group("state") + " " + text, 1, Integer::sum);
            }
        }
        return counts;
    }
}
