package io.pgweir.sql.facts;

import java.util.ArrayList;
import java.util.List;

/** Reads GRANT and REVOKE of privileges and of roles, and REASSIGN OWNED. */
final class GrantReader {
    private final Reader reader;
    private final Cursor cursor;

    GrantReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    void statement() {
        if (cursor.skip("REASSIGN", "OWNED")) {
            cursor.expect("BY");
            roles();
            cursor.expect("TO");
            roles();
            cursor.fail("every object of a role");
            return;
        }
        cursor.at++;
        List<String> columns = new ArrayList<>();
        while (!cursor.is("ON") && !cursor.is("TO") && !cursor.is("FROM") && !cursor.isEnd()) {
            privilege(columns);
        }
        if (cursor.skip("ON")) {
            objects(columns);
        }
        while (!cursor.isEnd() && !cursor.skip("TO") && !cursor.skip("FROM")) {
            cursor.at++;
        }
        roles();
        cursor.at = cursor.tokens.size();
    }

    /** A privilege or, where no ON follows, a role; with its columns. */
    private void privilege(List<String> columns) {
        if (cursor.is('(')) {
            cursor.at++;
            do {
                columns.add(cursor.columnId());
            } while (cursor.skip(','));
            cursor.expect(')');
        } else {
            cursor.at++;
        }
    }

    private void objects(List<String> columns) {
        switch (cursor.word()) {
            case "TABLE", "SEQUENCE" -> {
                cursor.at++;
                relations(columns);
            }
            case "ALL" -> {
                boolean routines = cursor.is(1, "FUNCTIONS") || cursor.is(1, "PROCEDURES") || cursor.is(1, "ROUTINES");
                if (!routines) {
                    cursor.fail("every relation of a schema");
                }
            }
            case "DATABASE",
                    "DOMAIN",
                    "FOREIGN",
                    "FUNCTION",
                    "LANGUAGE",
                    "LARGE",
                    "PARAMETER",
                    "PROCEDURE",
                    "ROUTINE",
                    "SCHEMA",
                    "TABLESPACE",
                    "TYPE" -> {
                // A table may bear such a name; then TO, FROM or a comma follows at once.
                boolean name = cursor.is(1, "TO") || cursor.is(1, "FROM") || cursor.is(1, ',') || cursor.is(1, '.');
                if (name) {
                    relations(columns);
                }
            }
            default -> relations(columns);
        }
    }

    private void relations(List<String> columns) {
        do {
            RelationName relation = cursor.relation();
            cursor.write(relation);
            for (String column : columns) {
                reader.draft.columns.add(new ColumnName(relation, column));
            }
        } while (cursor.skip(','));
    }

    private void roles() {
        do {
            cursor.skip("GROUP");
            cursor.draft.roles.add(cursor.name());
        } while (cursor.skip(','));
    }
}
