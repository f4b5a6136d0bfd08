import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Splits scripts, or tells the facts of statements with NUL between them: one line of JSON each. Run as a source file. */
class Facts {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false, StandardCharsets.UTF_8);
        switch (arguments[0]) {
            case "split" -> split(out, Arrays.copyOfRange(arguments, 1, arguments.length));
            case "time" -> time(out, Files.readString(Path.of(arguments[1])).split("\0", -1));
            default -> {
                for (String sql : Files.readString(Path.of(arguments[1])).split("\0", -1)) {
                    out.println(json(sql));
                }
            }
        }
        out.flush();
    }

    /** psql's own commands are taken out: a backslash at the start of a line, or the data behind COPY ... FROM STDIN. */
    private static void split(PrintStream out, String[] files) throws Exception {
        boolean first = true;
        for (String file : files) {
            String text = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
            StringBuilder sql = new StringBuilder();
            boolean data = false;
            String copy = "";
            for (String line : text.split("\n", -1)) {
                if (data) {
                    data = !line.equals("\\.");
                } else if (!line.startsWith("\\")) {
                    int meta = line.indexOf(" \\g");
                    sql.append(meta < 0 ? line : line.substring(0, meta) + ";").append('\n');
                    copy = copy.isEmpty() && !line.stripLeading().toLowerCase().startsWith("copy") ? "" : copy + line.toLowerCase();
                    if (line.endsWith(";")) {
                        data = copy.matches("(?s)\\s*copy .*from\\s+stdin.*");
                        copy = "";
                    }
                }
            }
            for (SqlStatement statement : SqlScript.of(sql.toString(), LexicalRules.DEFAULT).statements()) {
                out.print(first ? statement.text() : "\0" + statement.text());
                first = false;
            }
        }
    }

    private static String json(String sql) {
        List<SqlStatement> statements = SqlScript.of(sql, LexicalRules.DEFAULT).statements();
        if (statements.size() != 1) {
            return "{\"complete\": false, \"reason\": \"" + statements.size() + " statements\"}";
        }
        StatementFacts facts = new FactsCache(1 << 20).of(statements.getFirst());
        return "{\"complete\": " + facts.complete() + ", \"ambiguous\": " + facts.ambiguous() + ", \"command\": \""
                + facts.command() + "\", \"reason\": \"" + facts.incompleteReason() + "\", \"reads\": "
                + names(facts.reads()) + ", \"writes\": " + names(facts.writes()) + ", \"functions\": "
                + names(facts.functions()) + "}";
    }

    private static String names(Collection<?> names) {
        List<String> quoted = new ArrayList<>();
        for (Object name : names) {
            StringBuilder text = new StringBuilder("\"");
            for (char c : name.toString().toCharArray()) {
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c < ' ') {
                    text.append(String.format("\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
            quoted.add(text.append('"').toString());
        }
        return quoted.toString();
    }

    /** Microseconds to read the facts of a statement for the first time: lexing, splitting and fingerprint are not in it. */
    private static void time(PrintStream out, String[] statements) {
        List<SqlStatement> all = new ArrayList<>();
        for (String sql : statements) {
            all.addAll(SqlScript.of(sql, LexicalRules.DEFAULT).statements());
        }
        for (int round = 1; round <= 3; round++) {
            long[] nanos = new long[all.size()];
            for (int i = 0; i < nanos.length; i++) {
                FactsCache cache = new FactsCache(1 << 20);
                all.get(i).fingerprint();
                long start = System.nanoTime();
                cache.of(all.get(i));
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            out.printf(
                    "round %d: p50 %.1f us, p99 %.1f us, max %.0f us%n",
                    round, nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3, nanos[nanos.length - 1] / 1e3);
        }
    }
}
