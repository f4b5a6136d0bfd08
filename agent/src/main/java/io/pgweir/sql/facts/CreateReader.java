package io.pgweir.sql.facts;

import io.pgweir.sql.ObjectType;

/** Reads CREATE of anything. */
final class CreateReader {
    private final Reader reader;
    private final Cursor cursor;
    private final DefinitionReader definitions;
    private boolean recursive;

    CreateReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
        this.definitions = reader.definitions;
    }

    void statement() {
        cursor.at++;
        while (ObjectType.isAdjective(cursor.word())) {
            recursive |= cursor.is("RECURSIVE");
            cursor.at++;
        }
        switch (cursor.word()) {
            case "TABLE" -> {
                cursor.at++;
                table();
            }
            case "VIEW" -> {
                cursor.at++;
                view();
            }
            case "MATERIALIZED" -> {
                cursor.at += 2;
                view();
            }
            case "FOREIGN" -> {
                if (cursor.skip("FOREIGN", "TABLE")) {
                    table();
                } else {
                    end();
                }
            }
            case "INDEX" -> index();
            case "SEQUENCE" -> sequence();
            case "TRIGGER" -> trigger();
            case "RULE" -> rule();
            case "POLICY" -> policy();
            case "STATISTICS" -> statistics();
            case "PUBLICATION" -> {
                cursor.at++;
                cursor.name();
                publication();
            }
            case "DOMAIN" -> domain();
            case "SCHEMA" -> schema();
            case "ROLE", "USER", "GROUP" -> role();
            case "ACCESS",
                    "AGGREGATE",
                    "CAST",
                    "COLLATION",
                    "CONVERSION",
                    "DATABASE",
                    "DEFAULT",
                    "EVENT",
                    "EXTENSION",
                    "FUNCTION",
                    "LANGUAGE",
                    "OPERATOR",
                    "PROCEDURE",
                    "SERVER",
                    "SUBSCRIPTION",
                    "TABLESPACE",
                    "TEXT",
                    "TRANSFORM",
                    "TYPE" -> end();
            default -> cursor.unexpected();
        }
    }

    /** The rest names no relations, or nothing of it happens now: a function's body. */
    private void end() {
        cursor.at = cursor.tokens.size();
    }

    /** A table's columns or its query, and all the clauses between. */
    private void table() {
        cursor.skipIfExists();
        RelationName name = cursor.relation();
        cursor.write(name);
        Scope around = reader.beginScope(definitions.level(name));
        definitions.elements();
        while (!cursor.isEnd() && !cursor.is("AS")) {
            tableClause();
        }
        reader.endScope(around);
        if (cursor.skip("AS")) {
            query();
        }
    }

    private void tableClause() {
        if (cursor.skip("PARTITION", "OF")) {
            cursor.write(cursor.relation());
            definitions.elements();
            bounds();
        } else if (cursor.skip("PARTITION", "BY")) {
            cursor.name();
            definitions.indexed();
        } else if (cursor.skip("INHERITS")) {
            cursor.expect('(');
            do {
                cursor.read(cursor.relation());
            } while (cursor.skip(','));
            cursor.expect(')');
        } else if (cursor.skip("OF")) {
            cursor.skipQualifiedName();
            definitions.elements();
        } else {
            definitions.part();
        }
    }

    /** FOR VALUES ..., or DEFAULT. */
    private void bounds() {
        if (!cursor.skip("DEFAULT") && cursor.skip("FOR", "VALUES")) {
            while (cursor.is("IN") || cursor.is("FROM") || cursor.is("TO") || cursor.is("WITH")) {
                cursor.at++;
                cursor.skipParentheses();
            }
        }
    }

    /** Behind AS: {@code query [WITH [NO] DATA]} or {@code EXECUTE name}. */
    private void query() {
        if (cursor.skip("EXECUTE")) {
            cursor.name();
            if (cursor.is('(')) {
                reader.calls.arguments();
            }
            cursor.fail("a prepared statement");
            return;
        }
        reader.draft.commands.add("SELECT");
        reader.queries.main();
        if (cursor.skip("WITH")) {
            // [NO] DATA, [CASCADED | LOCAL] CHECK OPTION
            while (cursor.isName()) {
                cursor.at++;
            }
        }
    }

    private void view() {
        cursor.skipIfExists();
        RelationName name = cursor.relation();
        cursor.write(name);
        if (cursor.is('(')) {
            cursor.skipNames();
        }
        while (!cursor.isEnd() && !cursor.is("AS")) {
            definitions.part();
        }
        cursor.expect("AS");
        Scope around = reader.scope;
        if (recursive && name != null) {
            // The view is a WITH query of its own.
            reader.scope = new Scope(around, null);
            reader.scope.addWith(name.name(), Source.derived(null));
        }
        query();
        reader.scope = around;
    }

    /** INDEX [CONCURRENTLY] [[IF NOT EXISTS] name] ON [ONLY] relation [USING method] (...) ... */
    private void index() {
        cursor.at++;
        cursor.skip("CONCURRENTLY");
        cursor.skipIfExists();
        if (!cursor.is("ON")) {
            cursor.name();
        }
        cursor.expect("ON");
        RelationName relation = reader.from.relationName();
        cursor.write(relation);
        Scope around = reader.beginScope(definitions.level(relation));
        if (cursor.skip("USING")) {
            cursor.name();
        }
        definitions.indexed();
        while (!cursor.isEnd()) {
            definitions.part();
        }
        reader.endScope(around);
    }

    private void sequence() {
        cursor.at++;
        cursor.skipIfExists();
        cursor.write(cursor.relation());
        end();
    }

    /** TRIGGER name ... ON relation [FROM relation] ... [WHEN (e)] EXECUTE ...: the function is not called now. */
    private void trigger() {
        cursor.at++;
        cursor.name();
        while (!cursor.isEnd() && !cursor.is("ON")) {
            cursor.at++;
        }
        cursor.expect("ON");
        RelationName relation = cursor.relation();
        cursor.write(relation);
        if (cursor.skip("FROM")) {
            cursor.read(cursor.relation());
        }
        Scope around = reader.beginScope(definitions.level(relation));
        while (!cursor.isEnd() && !cursor.is("EXECUTE")) {
            definitions.part();
        }
        reader.endScope(around);
        cursor.expect("EXECUTE");
        end();
    }

    /** RULE name AS ON event TO relation [WHERE e] DO [ALSO | INSTEAD] NOTHING | command | (command; ...). */
    private void rule() {
        cursor.at++;
        cursor.name();
        cursor.expect("AS");
        cursor.expect("ON");
        cursor.at++;
        cursor.expect("TO");
        RelationName relation = cursor.relation();
        cursor.write(relation);
        Scope around = reader.beginScope(definitions.level(relation));
        if (cursor.skip("WHERE")) {
            reader.expressions.expression();
        }
        cursor.expect("DO");
        if (!cursor.skip("ALSO")) {
            cursor.skip("INSTEAD");
        }
        if (!cursor.skip("NOTHING")) {
            boolean list = cursor.is('(') && !(cursor.opensQuery(cursor.at) && isWhole());
            if (list) {
                cursor.at++;
                do {
                    if (!cursor.is(')')) {
                        action();
                    }
                } while (cursor.skip(';'));
                cursor.expect(')');
            } else {
                action();
            }
        }
        reader.endScope(around);
    }

    /** Whether the parenthesis is that of one query, not of a list of commands. */
    private boolean isWhole() {
        return cursor.tokens.partner(cursor.at) < cursor.tokens.size() - 1;
    }

    private void action() {
        if (cursor.is("NOTIFY")) {
            cursor.at += 2;
            if (cursor.skip(',')) {
                cursor.advance();
            }
            return;
        }
        reader.queries.nested();
    }

    private void policy() {
        cursor.at++;
        cursor.name();
        cursor.expect("ON");
        policyOn();
    }

    /** From the relation on; ALTER POLICY's too. */
    void policyOn() {
        RelationName relation = cursor.relation();
        cursor.write(relation);
        Scope around = reader.beginScope(definitions.level(relation));
        while (!cursor.isEnd()) {
            if (cursor.is('(')) {
                reader.expressions.parentheses();
            } else {
                cursor.at++;
            }
        }
        reader.endScope(around);
    }

    /** STATISTICS [IF NOT EXISTS] [name] [(kinds)] ON e, ... FROM relation. */
    private void statistics() {
        cursor.at++;
        cursor.skipIfExists();
        if (!cursor.is("ON") && !cursor.is('(')) {
            cursor.skipQualifiedName();
        }
        cursor.skipParentheses();
        cursor.expect("ON");
        Scope around = reader.beginScope(new Scope(reader.scope, null));
        reader.expressions.expressions();
        cursor.expect("FROM");
        reader.from.items();
        reader.endScope(around);
    }

    /** FOR TABLE relation [(columns)] [WHERE (e)], ...; also behind ADD, SET and DROP of ALTER PUBLICATION. */
    void publication() {
        cursor.skip("FOR");
        if (cursor.is("ALL") || cursor.is("TABLES")) {
            cursor.fail("every relation of a schema or database");
            return;
        }
        if (!cursor.skip("TABLE")) {
            end();
            return;
        }
        do {
            if (cursor.is("TABLES") && cursor.is(1, "IN")) {
                cursor.fail("every relation of a schema");
                return;
            }
            cursor.skip("TABLE");
            RelationName relation = reader.from.relationName();
            cursor.read(relation);
            if (cursor.is('(')) {
                cursor.skipNames();
            }
            if (cursor.skip("WHERE")) {
                Scope around = reader.beginScope(definitions.level(relation));
                reader.expressions.parentheses();
                reader.endScope(around);
            }
        } while (cursor.skip(','));
        if (cursor.skip("WITH")) {
            cursor.skipParentheses();
        }
    }

    /** DOMAIN name [AS] type [constraint ...]. */
    private void domain() {
        cursor.at++;
        cursor.skipQualifiedName();
        cursor.skip("AS");
        reader.types.skip();
        Scope around = reader.beginScope(new Scope(reader.scope, null));
        definitions.parts((char) 0);
        reader.endScope(around);
    }

    /** With elements, which are statements of their own, it is not read further. */
    private void schema() {
        cursor.at++;
        while (!cursor.isEnd()) {
            if (cursor.is("CREATE") || cursor.is("GRANT")) {
                cursor.fail("the elements of a schema");
            } else {
                cursor.at++;
            }
        }
    }

    private void role() {
        if (!cursor.is(1, "MAPPING")) {
            cursor.at++;
            cursor.draft.roles.add(cursor.name());
        }
        end();
    }
}
