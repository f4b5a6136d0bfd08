package io.pgweir.sql.facts;

import java.util.HashSet;
import java.util.Set;

/** Reads a statement by its first words. */
final class StatementReader {
    private final Reader reader;
    private final Cursor cursor;
    private final FactsDraft draft;

    StatementReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.draft = reader.draft;
    }

    /** Nothing may be left behind it. */
    void whole() {
        statement();
        if (!cursor.isEnd()) {
            cursor.unexpected();
        }
    }

    /** A table over the first word, hence long. */
    void statement() {
        if (!cursor.enter()) {
            cursor.leave();
            return;
        }
        String word = cursor.word();
        switch (word) {
            case "SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE" -> reader.queries.main();
            case "EXPLAIN" -> explain();
            case "PREPARE" -> prepare();
            case "EXECUTE" -> execute();
            case "DECLARE" -> declare();
            case "DO" -> cursor.fail("code in another language");
            case "CALL" -> call();
            case "COPY" -> new CopyReader(reader).copy();
            case "SET", "RESET" -> new SettingReader(cursor).statement();
            case "TRUNCATE" -> truncate();
            case "LOCK" -> lock();
            case "VACUUM", "ANALYZE", "ANALYSE" -> maintain(word.equals("VACUUM"));
            case "CLUSTER" -> cluster();
            case "REINDEX" -> reindex();
            case "REFRESH" -> refresh();
            case "COMMENT", "SECURITY" -> describe();
            case "GRANT", "REVOKE", "REASSIGN" -> new GrantReader(reader).statement();
            case "CREATE" -> new CreateReader(reader).statement();
            case "ALTER" -> new AlterReader(reader).statement();
            case "DROP" -> new DropReader(cursor).statement();
            case "IMPORT" -> cursor.fail("every table of a schema");
            case "DISCARD" -> {
                draft.setting = cursor.is(1, "ALL") ? SettingReader.ALL : null;
                end();
            }
            case "BEGIN",
                    "START",
                    "COMMIT",
                    "END",
                    "ROLLBACK",
                    "ABORT",
                    "SAVEPOINT",
                    "RELEASE",
                    "DEALLOCATE",
                    "LISTEN",
                    "UNLISTEN",
                    "NOTIFY",
                    "CHECKPOINT",
                    "LOAD",
                    "CLOSE",
                    "FETCH",
                    "MOVE",
                    "SHOW" -> end();
            default -> {
                if (cursor.is('(')) {
                    reader.queries.main();
                } else {
                    cursor.unexpected();
                }
            }
        }
        cursor.leave();
    }

    /** The rest names no relations. */
    private void end() {
        cursor.at = cursor.tokens.size();
    }

    /** EXPLAIN [ANALYZE] [VERBOSE] | EXPLAIN (options): without ANALYZE nothing of it happens. */
    private void explain() {
        cursor.at++;
        draft.explain = true;
        if (cursor.is('(') && !cursor.opensQuery(cursor.at)) {
            options();
        } else {
            draft.explainAnalyze = cursor.skip("ANALYZE") || cursor.skip("ANALYSE");
            cursor.skip("VERBOSE");
        }
        Set<String> commands = new HashSet<>(draft.commands);
        inner();
        if (!draft.explainAnalyze) {
            draft.commands.retainAll(commands);
            draft.reads.addAll(draft.writes);
            draft.writes.clear();
            draft.writesInCte = false;
            draft.selectInto = false;
            draft.locksRows = false;
        }
    }

    /** The last ANALYZE counts. */
    private void options() {
        int close = cursor.tokens.partner(cursor.at);
        cursor.at++;
        while (cursor.at < close) {
            // The option's name may be quoted.
            if (cursor.is("ANALYSE") || cursor.tokens.name(cursor.at).equals("analyze")) {
                draft.explainAnalyze = !isFalse(1);
                draft.literalsMatter |= cursor.tokens.isLiteral(cursor.at + 1);
            }
            while (cursor.at < close && !cursor.is(',')) {
                cursor.at++;
            }
            cursor.at++;
        }
        cursor.at = close + 1;
    }

    private boolean isFalse(int ahead) {
        int index = cursor.at + ahead;
        String value = cursor.tokens.isString(index) ? cursor.tokens.value(index) : cursor.tokens.text(index);
        return value.equalsIgnoreCase("off") || value.equalsIgnoreCase("false") || isZero(value);
    }

    /** Any integer but 0 and 1 the server refuses. */
    private static boolean isZero(String value) {
        return value.equals("0");
    }

    /** The statement within another one: its command runs too. */
    private void inner() {
        if (cursor.is("EXPLAIN") || cursor.is("PREPARE")) {
            cursor.unexpected();
            return;
        }
        switch (cursor.word()) {
            case "SELECT", "VALUES", "TABLE", "WITH" -> draft.commands.add("SELECT");
            default -> {
                if (cursor.is('(')) {
                    draft.commands.add("SELECT");
                } else if (!cursor.word().isEmpty() && !ChangeReader.begins(cursor)) {
                    draft.commands.add(
                            cursor.is("CREATE")
                                    ? "CREATE TABLE AS"
                                    : cursor.is("DECLARE") ? "DECLARE CURSOR" : cursor.word());
                }
            }
        }
        statement();
    }

    private void prepare() {
        cursor.at++;
        if (cursor.is("TRANSACTION") && cursor.tokens.isString(cursor.at + 1)) {
            end();
            return;
        }
        cursor.name();
        cursor.skipParentheses();
        cursor.expect("AS");
        inner();
    }

    /** What it runs stands elsewhere; its arguments are expressions. */
    private void execute() {
        cursor.at++;
        cursor.name();
        if (cursor.is('(')) {
            reader.calls.arguments();
        }
        cursor.fail("a prepared statement");
    }

    private void declare() {
        cursor.at++;
        cursor.name();
        while (!cursor.is("FOR") && cursor.isName()) {
            cursor.at++;
        }
        cursor.expect("FOR");
        inner();
    }

    private void call() {
        cursor.at++;
        reader.expressions.call();
        cursor.fail("a procedure");
    }

    private void truncate() {
        cursor.at++;
        cursor.skip("TABLE");
        do {
            cursor.write(reader.from.relationName());
        } while (cursor.skip(','));
        if (cursor.skip("RESTART") || cursor.skip("CONTINUE")) {
            cursor.expect("IDENTITY");
        }
        skipBehavior();
    }

    private void skipBehavior() {
        if (!cursor.skip("CASCADE")) {
            cursor.skip("RESTRICT");
        }
    }

    /** ACCESS SHARE is what a reader takes; every other mode keeps others from something. */
    private void lock() {
        cursor.at++;
        cursor.skip("TABLE");
        Set<RelationName> relations = new HashSet<>();
        do {
            RelationName name = reader.from.relationName();
            if (name != null) {
                relations.add(name);
            }
        } while (cursor.skip(','));
        boolean reading = cursor.is("IN") && cursor.is(1, "ACCESS") && cursor.is(2, "SHARE");
        (reading ? draft.reads : draft.writes).addAll(relations);
        if (cursor.skip("IN")) {
            while (!cursor.is("MODE") && cursor.isName()) {
                cursor.at++;
            }
            cursor.expect("MODE");
        }
        cursor.skip("NOWAIT");
    }

    /** VACUUM | ANALYZE [words | (options)] [relation [(columns)], ...]. */
    private void maintain(boolean vacuum) {
        cursor.at++;
        if (cursor.is('(')) {
            cursor.skipParentheses();
        } else {
            while (isMaintenanceWord(cursor.word())) {
                cursor.at++;
            }
        }
        if (cursor.isEnd()) {
            cursor.fail("every relation of the database");
            return;
        }
        do {
            RelationName name = reader.from.relationName();
            if (vacuum) {
                cursor.write(name);
            } else {
                cursor.read(name);
            }
            if (cursor.is('(')) {
                cursor.skipNames();
            }
        } while (cursor.skip(','));
    }

    private static boolean isMaintenanceWord(String word) {
        return switch (word) {
            case "FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE" -> true;
            default -> false;
        };
    }

    /** CLUSTER [options] [relation [USING index]], or CLUSTER index ON relation. */
    private void cluster() {
        cursor.at++;
        cursor.skipParentheses();
        cursor.skip("VERBOSE");
        if (cursor.isEnd()) {
            cursor.fail("every clustered relation of the database");
            return;
        }
        RelationName first = cursor.relation();
        if (cursor.skip("ON")) {
            cursor.write(cursor.relation());
            return;
        }
        cursor.write(first);
        if (cursor.skip("USING")) {
            cursor.name();
        }
    }

    private void reindex() {
        cursor.at++;
        cursor.skipParentheses();
        boolean relation = cursor.is("TABLE") || cursor.is("INDEX");
        cursor.at++;
        cursor.skip("CONCURRENTLY");
        if (!relation) {
            cursor.fail("every relation of a schema or database");
            return;
        }
        cursor.write(cursor.relation());
    }

    /** REFRESH MATERIALIZED VIEW [CONCURRENTLY] name [WITH [NO] DATA]: what the view reads is not told. */
    private void refresh() {
        cursor.at++;
        cursor.expect("MATERIALIZED");
        cursor.expect("VIEW");
        cursor.skip("CONCURRENTLY");
        cursor.write(cursor.relation());
        end();
    }

    /** COMMENT ON ..., SECURITY LABEL [FOR provider] ON ... */
    private void describe() {
        cursor.at++;
        cursor.skip("LABEL");
        if (cursor.skip("FOR")) {
            cursor.advance();
        }
        cursor.expect("ON");
        switch (cursor.word()) {
            case "TABLE", "VIEW", "INDEX", "SEQUENCE", "FOREIGN", "MATERIALIZED" -> {
                boolean two = cursor.is(1, "TABLE") || cursor.is(1, "VIEW");
                boolean foreign = cursor.is("FOREIGN") && !two;
                cursor.at += two ? 2 : 1;
                if (!foreign) {
                    cursor.write(cursor.relation());
                }
            }
            case "COLUMN" -> {
                cursor.at++;
                column();
            }
            case "CONSTRAINT", "POLICY", "RULE", "TRIGGER" -> {
                cursor.at += 2;
                if (cursor.skip("ON") && !cursor.skip("DOMAIN")) {
                    cursor.write(cursor.relation());
                }
            }
            default -> {}
        }
        end();
    }

    /** {@code relation.column}. */
    private void column() {
        int names = 1;
        while (cursor.is(2 * names - 1, '.')) {
            names++;
        }
        if (names < 2) {
            cursor.unexpected();
            return;
        }
        String schema = names > 2 ? cursor.tokens.name(cursor.at + 2 * (names - 3)) : null;
        RelationName relation = new RelationName(schema, cursor.tokens.name(cursor.at + 2 * (names - 2)));
        cursor.write(relation);
        draft.columns.add(new ColumnName(relation, cursor.tokens.name(cursor.at + 2 * (names - 1))));
    }
}
