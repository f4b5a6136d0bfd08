package io.pgweir.sql.facts;

/** Reads DROP of anything. */
final class DropReader {
    private final Cursor cursor;

    DropReader(Cursor cursor) {
        this.cursor = cursor;
    }

    void statement() {
        cursor.at++;
        switch (cursor.word()) {
            case "TABLE", "VIEW", "INDEX", "SEQUENCE" -> {
                cursor.at++;
                relations();
            }
            case "MATERIALIZED" -> {
                cursor.at += 2;
                relations();
            }
            case "FOREIGN" -> {
                if (cursor.skip("FOREIGN", "TABLE")) {
                    relations();
                }
            }
            case "TRIGGER", "RULE", "POLICY" -> {
                cursor.at++;
                cursor.skipIfExists();
                cursor.name();
                cursor.expect("ON");
                cursor.write(cursor.relation());
            }
            case "SCHEMA" -> {
                if (cursor.tokens.word(cursor.tokens.size() - 1).equals("CASCADE")) {
                    cursor.fail("every object of a schema");
                }
            }
            case "OWNED" -> cursor.fail("every object of a role");
            case "DATABASE" -> cursor.fail("every relation of a database");
            case "ROLE", "USER", "GROUP" -> roles();
            default -> {
                if (!cursor.isName()) {
                    cursor.unexpected();
                }
            }
        }
        // CASCADE, RESTRICT, and the names of what is no relation.
        cursor.at = cursor.tokens.size();
    }

    private void relations() {
        cursor.skip("CONCURRENTLY");
        cursor.skipIfExists();
        do {
            cursor.write(cursor.relation());
        } while (cursor.skip(','));
        if (!cursor.skip("CASCADE")) {
            cursor.skip("RESTRICT");
        }
        if (!cursor.isEnd()) {
            cursor.unexpected();
        }
    }

    private void roles() {
        if (cursor.is(1, "MAPPING")) {
            return;
        }
        cursor.at++;
        cursor.skipIfExists();
        do {
            cursor.draft.roles.add(cursor.name());
        } while (cursor.skip(','));
    }
}
