package io.pgweir.sql.facts;

import io.pgweir.sql.SqlTokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (query or change) [SEARCH ...] [CYCLE ...], ...}.
 *
 * <p>A name stands for its query from the next one on; behind RECURSIVE in all of them, its own included.
 */
final class WithReader {
    private final Reader reader;
    private final Cursor cursor;

    WithReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** The names become known to the level that stands. */
    void queries() {
        cursor.expect("WITH");
        boolean recursive = cursor.is("RECURSIVE") && !cursor.is(1, "AS") && !cursor.is(1, '(');
        if (recursive) {
            cursor.at++;
            announce();
        }
        do {
            query(recursive);
        } while (cursor.skip(','));
    }

    private void query(boolean recursive) {
        String name = cursor.columnId();
        Source announced = recursive ? reader.scope.with(name) : null;
        Source source = announced == null ? Source.derived(null) : announced;
        if (cursor.is('(')) {
            source.renames = cursor.names();
        }
        cursor.expect("AS");
        if (!cursor.skip("MATERIALIZED")) {
            cursor.skip("NOT", "MATERIALIZED");
        }
        cursor.expect('(');
        source.open();
        if (ChangeReader.begins(cursor)) {
            reader.draft.writesInCte = true;
        }
        Scope level = new Scope(reader.scope, reader.scope.outer);
        List<OutputColumn> outputs = reader.queries.query(level, false);
        cursor.expect(')');
        boolean more = cursor.is("SEARCH") || cursor.is("CYCLE");
        search();
        cycle();
        source.close(more ? widened(outputs) : outputs);
        reader.scope.addWith(name, source);
    }

    /** SEARCH and CYCLE add columns behind the query's own. */
    private List<OutputColumn> widened(List<OutputColumn> outputs) {
        Lineage all = reader.lineage();
        outputs.forEach(output -> all.addAll(output.columns()));
        List<OutputColumn> wider = new ArrayList<>(outputs);
        wider.add(new OutputColumn(null, all.columns(), true));
        return wider;
    }

    /** SEARCH DEPTH | BREADTH FIRST BY columns SET column. */
    private void search() {
        if (cursor.skip("SEARCH")) {
            cursor.at += 3;
            skipNameList();
            cursor.expect("SET");
            cursor.name();
        }
    }

    /** CYCLE columns SET column [TO value DEFAULT value] USING column. */
    private void cycle() {
        if (cursor.skip("CYCLE")) {
            skipNameList();
            cursor.expect("SET");
            cursor.name();
            if (cursor.skip("TO")) {
                reader.expressions.expression();
                cursor.expect("DEFAULT");
                reader.expressions.expression();
            }
            cursor.expect("USING");
            cursor.name();
        }
    }

    private void skipNameList() {
        do {
            cursor.name();
        } while (cursor.skip(','));
    }

    /** Behind RECURSIVE: a query may name one that stands behind it. */
    private void announce() {
        SqlTokens tokens = cursor.tokens;
        int at = cursor.at;
        while (at < tokens.size()) {
            int body = bodyOf(at);
            if (body >= 0) {
                reader.scope.addWith(tokens.name(at), Source.derived(null));
                at = tokens.partner(body) + 1;
            } else {
                at++;
            }
            // To what follows the next comma; the main statement has commas too, but no "name AS (" behind one... that
            // counts.
            while (at < tokens.size() && tokens.symbol(at) != ',' && !isMain(at)) {
                at = tokens.symbol(at) == '(' ? tokens.partner(at) + 1 : at + 1;
            }
            if (tokens.symbol(at) != ',') {
                return;
            }
            at++;
        }
    }

    private boolean isMain(int index) {
        return switch (cursor.tokens.word(index)) {
            case "SELECT", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE" -> true;
            default -> cursor.tokens.symbol(index) == '(';
        };
    }

    /** Where the parenthesis of {@code name [(columns)] AS [[NOT] MATERIALIZED] (} stands; -1 where that is not what stands there. */
    private int bodyOf(int index) {
        SqlTokens tokens = cursor.tokens;
        if (!tokens.isName(index)) {
            return -1;
        }
        int at = index + 1;
        if (tokens.symbol(at) == '(') {
            at = tokens.partner(at) + 1;
        }
        if (!tokens.word(at).equals("AS")) {
            return -1;
        }
        at++;
        while (tokens.word(at).equals("NOT") || tokens.word(at).equals("MATERIALIZED")) {
            at++;
        }
        return tokens.symbol(at) == '(' ? at : -1;
    }
}
