package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.NearName;
import io.pgweir.rules.NamePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Commands as command tags spell them, in any case; what no command begins with is a mistake. */
final class Commands {
    /** The first words of PostgreSQL's statements, by chapter VI of its manual, and what tags make of them. */
    private static final Set<String> FIRST_WORDS = new TreeSet<>(Set.of(
            "ALTER",
            "ANALYZE",
            "BEGIN",
            "CALL",
            "CHECKPOINT",
            "CLOSE",
            "CLUSTER",
            "COMMENT",
            "COMMIT",
            "COPY",
            "CREATE",
            "DEALLOCATE",
            "DECLARE",
            "DELETE",
            "DISCARD",
            "DO",
            "DROP",
            "EXECUTE",
            "EXPLAIN",
            "FETCH",
            "GRANT",
            "IMPORT",
            "INSERT",
            "LISTEN",
            "LOAD",
            "LOCK",
            "MERGE",
            "MOVE",
            "NOTIFY",
            "PREPARE",
            "REASSIGN",
            "REFRESH",
            "REINDEX",
            "RELEASE",
            "REPACK",
            "RESET",
            "REVOKE",
            "ROLLBACK",
            "SAVEPOINT",
            "SECURITY",
            "SELECT",
            "SET",
            "SHOW",
            "START",
            "TRUNCATE",
            "UNLISTEN",
            "UPDATE",
            "VACUUM"));

    private Commands() {}

    static List<NamePattern> read(Choice choice) {
        List<NamePattern> commands = new ArrayList<>();
        for (Item item : choice.items()) {
            String command = item.text().strip().toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
            NamePattern pattern = new NamePattern(command);
            String first = command.split(" ", 2)[0];
            if (!pattern.isGlob() && !FIRST_WORDS.contains(first)) {
                List<String> known = FIRST_WORDS.stream()
                        .map(word -> word.toLowerCase(Locale.ROOT))
                        .toList();
                item.fault("\"" + item.text() + "\" (expected: a command, such as DELETE or DROP TABLE)"
                        + NearName.hint(first, known));
            }
            commands.add(pattern);
        }
        return commands;
    }
}
