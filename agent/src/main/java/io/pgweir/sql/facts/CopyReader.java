package io.pgweir.sql.facts;

import io.pgweir.sql.CopyClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code COPY [BINARY] relation [(columns)] FROM | TO ...} and {@code COPY (query) TO ...}. */
final class CopyReader {
    private final Reader reader;
    private final Cursor cursor;

    CopyReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    void copy() {
        cursor.at++;
        RelationName relation = null;
        List<String> columns = new ArrayList<>();
        if (cursor.is('(')) {
            query();
        } else {
            cursor.skip("BINARY");
            relation = cursor.relation();
            if (cursor.is('(')) {
                columns.addAll(names());
            }
            columns(relation, columns);
        }
        boolean from = cursor.is("FROM");
        if (!from && !cursor.is("TO")) {
            cursor.unexpected();
        }
        if (from) {
            cursor.write(relation);
        } else {
            cursor.read(relation);
            outputs(relation, columns);
        }
        CopyClause clause = reader.draft.statement.copy();
        // EXPLAIN and PREPARE take no COPY: where it stands, it is the statement.
        if (clause == null) {
            cursor.unexpected();
            return;
        }
        reader.draft.copy = new CopyFacts(clause.direction(), clause.target(), relation, List.copyOf(columns));
        rest(relation);
    }

    private void query() {
        cursor.at++;
        reader.draft.commands.add(ChangeReader.begins(cursor) ? cursor.word() : "SELECT");
        reader.queries.main();
        cursor.expect(')');
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        cursor.expect('(');
        do {
            names.add(cursor.columnId());
        } while (cursor.skip(','));
        cursor.expect(')');
        return names;
    }

    private void columns(@Nullable RelationName relation, List<String> columns) {
        if (columns.isEmpty()) {
            reader.draft.columns.add(new ColumnName(relation, ColumnName.ALL));
        }
        for (String column : columns) {
            reader.draft.columns.add(new ColumnName(relation, column));
        }
    }

    private void outputs(@Nullable RelationName relation, List<String> columns) {
        if (relation == null) {
            return;
        }
        if (columns.isEmpty()) {
            Set<ColumnName> all = Set.of(new ColumnName(relation, ColumnName.ALL));
            reader.draft.outputs.add(new OutputColumn(null, all, true));
        }
        for (String column : columns) {
            reader.draft.outputs.add(new OutputColumn(column, Set.of(new ColumnName(relation, column)), false));
        }
    }

    /** Options hold no expressions; WHERE of COPY FROM does. */
    private void rest(@Nullable RelationName relation) {
        while (!cursor.isEnd() && !cursor.is("WHERE")) {
            if (cursor.is('(')) {
                cursor.skipParentheses();
            } else {
                cursor.at++;
            }
        }
        if (cursor.is("WHERE")) {
            Scope level = new Scope(null, null);
            if (relation != null) {
                level.add(relation.name(), Source.of(relation));
            }
            Scope around = reader.beginScope(level);
            reader.selects.where(true);
            reader.endScope(around);
        }
    }
}
