package io.pgweir.sql.facts;

import org.jspecify.annotations.Nullable;

/** Reads ALTER of anything. */
final class AlterReader {
    private final Reader reader;
    private final Cursor cursor;
    private final DefinitionReader definitions;

    AlterReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.definitions = reader.definitions;
    }

    void statement() {
        cursor.at++;
        switch (cursor.word()) {
            case "TABLE", "VIEW", "INDEX", "SEQUENCE" -> {
                cursor.at++;
                relation();
            }
            case "MATERIALIZED" -> {
                cursor.at += 2;
                relation();
            }
            case "FOREIGN" -> {
                if (cursor.skip("FOREIGN", "TABLE")) {
                    relation();
                }
            }
            case "TRIGGER", "RULE" -> {
                cursor.at += 2;
                cursor.expect("ON");
                cursor.write(cursor.relation());
            }
            case "POLICY" -> {
                cursor.at++;
                cursor.skipIfExists();
                cursor.name();
                cursor.expect("ON");
                new CreateReader(reader).policyOn();
            }
            case "PUBLICATION" -> publication();
            case "ROLE", "USER", "GROUP" -> role();
            case "DATABASE", "SYSTEM" -> setting();
            default -> {
                if (!cursor.isName()) {
                    cursor.unexpected();
                }
            }
        }
        owner();
        cursor.at = cursor.tokens.size();
    }

    /** {@code [IF EXISTS] [ONLY] name [*] action, ...}. */
    private void relation() {
        if (cursor.is("ALL") && cursor.is(1, "IN")) {
            cursor.fail("every relation of a tablespace");
            return;
        }
        cursor.skipIfExists();
        RelationName relation = reader.from.relationName();
        cursor.write(relation);
        Scope around = reader.beginScope(definitions.level(relation));
        while (!cursor.isEnd()) {
            action(relation);
            cursor.skip(',');
        }
        reader.endScope(around);
    }

    private void action(@Nullable RelationName relation) {
        switch (cursor.word()) {
            case "ADD" -> add();
            case "DROP", "ALTER", "RENAME" -> column(relation);
            case "ATTACH", "DETACH" -> {
                cursor.at += 2;
                cursor.write(cursor.relation());
            }
            case "INHERIT" -> {
                cursor.at++;
                cursor.read(cursor.relation());
            }
            case "NO" -> {
                if (cursor.skip("NO", "INHERIT")) {
                    cursor.read(cursor.relation());
                }
            }
            case "OWNER" -> owner();
            default -> {}
        }
        rest();
    }

    /** ADD [COLUMN] [IF NOT EXISTS] column, or ADD constraint. */
    private void add() {
        cursor.at++;
        switch (cursor.word()) {
            case "CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE", "NOT", "VALUE" -> {}
            default -> {
                cursor.skip("COLUMN");
                cursor.skipIfExists();
                definitions.column();
            }
        }
    }

    private void column(@Nullable RelationName relation) {
        cursor.at++;
        boolean constraint = cursor.is("CONSTRAINT") || cursor.is("TO");
        cursor.skip("COLUMN");
        cursor.skipIfExists();
        if (!constraint && relation != null && cursor.isColumnId(0)) {
            reader.draft.columns.add(new ColumnName(relation, cursor.name()));
        }
    }

    /** To the comma behind the action, USING e of a new type and the like included. */
    private void rest() {
        boolean typed = false;
        while (!cursor.isEnd() && !cursor.is(',')) {
            if (typed && cursor.skip("USING")) {
                reader.expressions.expression();
            } else if (cursor.skip("TYPE")) {
                typed = true;
                reader.types.skip();
            } else {
                definitions.part();
            }
        }
    }

    private void publication() {
        cursor.at += 2;
        if (cursor.skip("ADD")
                || cursor.skip("DROP")
                || (cursor.is("SET") && !cursor.is(1, '(') && cursor.skip("SET"))) {
            new CreateReader(reader).publication();
        }
    }

    private void role() {
        if (cursor.is(1, "MAPPING")) {
            return;
        }
        cursor.at++;
        if (cursor.is("ALL")) {
            cursor.at++;
        } else {
            cursor.draft.roles.add(cursor.name());
        }
        setting();
    }

    /** ... SET name ..., ... RESET name. */
    private void setting() {
        while (!cursor.isEnd()) {
            if (cursor.is("SET") || cursor.is("RESET")) {
                new SettingReader(cursor).statement();
            } else {
                cursor.at++;
            }
        }
    }

    /** OWNER TO role. */
    private void owner() {
        while (!cursor.isEnd() && !(cursor.is("OWNER") && cursor.is(1, "TO"))) {
            cursor.at++;
        }
        if (cursor.skip("OWNER", "TO") && cursor.isName()) {
            cursor.draft.roles.add(cursor.name());
        }
    }
}
