package io.pgweir.rules.file;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What users were seen to do, as a pack that tells of all else. One thread. */
public final class Learned {
    private static final int SAMPLE_CHARS_MAX = 100;

    /** Not of literals only: those have the fingerprint of any others. */
    private static final String NEVER = "select seen from nobody_who_learned";

    private final Map<Asking, Map<String, Seen>> seen =
            new TreeMap<>(Comparator.comparing(Asking::user).thenComparing(Asking::application));
    private long executions;

    private record Asking(String user, String application) {}

    /** @param sample redacted */
    private record Seen(String sample, long count) {}

    /** One execution that succeeded. */
    public void add(String user, String application, String fingerprint, String redacted) {
        executions++;
        seen.computeIfAbsent(new Asking(user, application), _ -> new TreeMap<>())
                .merge(fingerprint, new Seen(redacted, 1), (known, one) -> new Seen(known.sample, known.count + 1));
    }

    public long executions() {
        return executions;
    }

    public long fingerprints() {
        return seen.values().stream().mapToLong(Map::size).sum();
    }

    /** A rule file: for each user and application a rule, in shadow, that anything else would be blocked by. */
    public String toYaml() {
        StringBuilder yaml =
                new StringBuilder("# yaml-language-server: $schema=https://pgweir.io/schemas/rules.v1.json\n");
        yaml.append("# Learned from ")
                .append(executions)
                .append(" executions. Read it before you trust it: what was learned")
                .append(" from is not what is right.\n");
        yaml.append("version: 1\ndefaults: {mode: shadow, on-unknown: alert, severity: medium}\nlists:\n");
        int number = 0;
        for (Map<String, Seen> prints : seen.values()) {
            yaml.append("  learned-").append(++number).append(":\n");
            prints.forEach((print, one) -> yaml.append("    - ")
                    .append(quoted(print))
                    .append(" # ")
                    .append(one.count)
                    .append(": ")
                    .append(oneLine(one.sample))
                    .append('\n'));
        }
        yaml.append("rules:\n");
        number = 0;
        for (Asking asking : seen.keySet()) {
            rule(yaml, ++number, asking);
        }
        others(yaml);
        return yaml.toString();
    }

    private static void rule(StringBuilder yaml, int number, Asking asking) {
        String who = "user: " + quoted(asking.user) + ", application: " + quoted(asking.application);
        yaml.append("  - id: learned/").append(number).append("\n    why: ");
        yaml.append(quoted(asking.user + " with " + asking.application + " has run what is listed, and nothing else"));
        yaml.append("\n    match: {")
                .append(who)
                .append(", fingerprint: {not: [$learned-")
                .append(number);
        yaml.append("]}}\n    do: [block]\n    tests: [{sql: ")
                .append(quoted(NEVER))
                .append(", ")
                .append(who);
        yaml.append(", expect: block}]\n");
    }

    private void others(StringBuilder yaml) {
        List<String> users = seen.keySet().stream()
                .map(asking -> quoted(asking.user))
                .distinct()
                .toList();
        yaml.append("  - id: learned/others\n    why: nobody else was seen\n    match: {user: {not: ");
        yaml.append(users).append("}}\n    do: [alert]\n    tests: [{sql: select 1, user: ");
        yaml.append(users.getFirst()).append(", expect: none}]\n");
    }

    /** A YAML string on one line. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' '
                    || (c >= 0x7F && c < 0xA0)
                    || c == 0x2028
                    || c == 0x2029
                    || c == 0xFEFF
                    || Character.isSurrogate((char) c)) {
                quoted.append("\\u%04X".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("[^\\x20-\\x7E\\u00A0-\\uD7FF]+", " ").strip();
        return line.length() <= SAMPLE_CHARS_MAX ? line : line.substring(0, SAMPLE_CHARS_MAX) + "...";
    }
}
