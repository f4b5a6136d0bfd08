package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.routing.split.Need.Where;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.sql.facts.FactsCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statements of {@code split-corpus.txt} with their right answers, and the database that they are about. */
final class SplitCorpus {
    private SplitCorpus() {}

    /**
     * @param doubt a read that goes to the leader because nobody can tell
     * @param varies its answer is another one at each run
     * @param alone not to be run by itself
     */
    record Line(Need need, boolean doubt, boolean varies, boolean alone, String sql) {
        boolean isReplica() {
            return need.where() == Where.ANY;
        }

        @Override
        public String toString() {
            return sql;
        }
    }

    static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (String line : text("split-corpus.txt").lines().toList()) {
            int bar = line.indexOf('|');
            if (!line.startsWith("#") && bar > 0) {
                lines.add(line(line.substring(0, bar).strip().split(" "), line.substring(bar + 2)));
            }
        }
        return lines;
    }

    private static Line line(String[] words, String sql) {
        boolean varies = words[words.length - 1].equals("varies");
        boolean alone = words[words.length - 1].equals("alone");
        Need need = words[0].equals("replica")
                ? Need.READ
                : new Need(Where.LEADER, Effect.valueOf(words[1].toUpperCase(Locale.ROOT)), words[2]);
        return new Line(need, words[0].equals("doubt"), varies, alone, sql);
    }

    static String schema() {
        return text("split-corpus-schema.sql");
    }

    /** What a server says of that database, cut down to the names that the corpus mentions. */
    static Functions functions() {
        List<Functions.Row> rows = new ArrayList<>();
        for (String line : text("split-catalog.tsv").lines().toList()) {
            String[] fields = line.split("\t", -1);
            rows.add(new Functions.Row(fields[0], orNull(fields[1]), fields[2], orNull(fields[3])));
        }
        return Functions.of(rows);
    }

    /** Of a query string. */
    static Need need(String sql, Functions functions, FactsCache facts) {
        Need need = Need.READ;
        Map<String, Need> prepared = new HashMap<>();
        for (SqlStatement statement : SqlScript.of(sql, LexicalRules.DEFAULT).statements()) {
            if (statement.kind() == StatementKind.PREPARE) {
                prepared.put(
                        String.valueOf(statement.preparedName()),
                        Reads.prepared(statement, facts.of(statement), functions));
            }
            need = need.and(
                    statement.kind() == StatementKind.EXECUTE
                            ? executed(statement, prepared, functions, facts)
                            : Reads.of(statement, facts.of(statement), functions));
        }
        return need;
    }

    private static Need executed(
            SqlStatement statement, Map<String, Need> prepared, Functions functions, FactsCache facts) {
        String query = Execution.arguments(statement);
        Need arguments = query == null ? null : need(query, functions, facts);
        return Execution.need(statement, prepared.get(String.valueOf(statement.preparedName())), arguments);
    }

    /** Of EXECUTE alone, behind that PREPARE. */
    static Need executed(String prepare, String execute, Functions functions, FactsCache facts) {
        SqlStatement made =
                SqlScript.of(prepare, LexicalRules.DEFAULT).statements().getFirst();
        SqlStatement ran =
                SqlScript.of(execute, LexicalRules.DEFAULT).statements().getFirst();
        return executed(
                ran,
                Map.of(String.valueOf(made.preparedName()), Reads.prepared(made, facts.of(made), functions)),
                functions,
                facts);
    }

    private static @Nullable String orNull(String field) {
        return field.isEmpty() ? null : field;
    }

    private static String text(String name) {
        try (InputStream in = SplitCorpus.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
