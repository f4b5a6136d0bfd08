package io.pgweir.sql.facts;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads INSERT, UPDATE, DELETE and MERGE, as a statement or in a WITH query. The level of WITH stands already. */
final class ChangeReader {
    private final Reader reader;
    private final Cursor cursor;

    ChangeReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    static boolean begins(Cursor cursor) {
        return switch (cursor.word()) {
            case "INSERT", "UPDATE", "DELETE", "MERGE" -> true;
            default -> false;
        };
    }

    /**
     * @param main whether it is the statement's own
     * @return what RETURNING gives
     */
    List<OutputColumn> change(boolean main) {
        reader.draft.commands.add(cursor.word());
        Scope around = reader.beginScope(new Scope(reader.scope, reader.scope.outer));
        List<OutputColumn> outputs = switch (cursor.word()) {
            case "INSERT" -> insert(main);
            case "UPDATE" -> update();
            case "DELETE" -> delete();
            default -> merge();
        };
        reader.endScope(around);
        return outputs;
    }

    /** Whether the level's expressions look at the target's columns: then the server asks for SELECT, too. */
    private void readTarget(@Nullable RelationName target) {
        Lineage columns = reader.lineage();
        for (Scope.Reference reference : reader.scope.references) {
            reader.scope.resolveHere(reference, columns);
        }
        for (ColumnName column : columns.columns()) {
            if (column.relation() == null || column.relation().equals(target)) {
                cursor.read(target);
                return;
            }
        }
    }

    private void column(@Nullable RelationName target, String name) {
        if (target != null && !name.isEmpty()) {
            reader.draft.columns.add(new ColumnName(target, name));
        }
    }

    private static Source source(@Nullable RelationName target) {
        return target == null ? Source.derived(null) : Source.of(target);
    }

    private List<OutputColumn> insert(boolean main) {
        cursor.at++;
        cursor.expect("INTO");
        RelationName target = cursor.relation();
        cursor.write(target);
        Source source = source(target);
        String alias = target == null ? "" : target.name();
        if (cursor.skip("AS")) {
            alias = cursor.columnId();
        }
        if (cursor.is('(') && !cursor.opensQuery(cursor.at)) {
            cursor.at++;
            do {
                targetColumn(target);
            } while (cursor.skip(','));
            cursor.expect(')');
        } else {
            column(target, ColumnName.ALL);
        }
        if (cursor.skip("OVERRIDING")) {
            cursor.at++;
            cursor.expect("VALUE");
        }
        if (!cursor.skip("DEFAULT", "VALUES")) {
            reader.queries.expectInsertSource();
            reader.queries.query(new Scope(reader.scope, reader.scope.outer), main);
        } else {
            reader.draft.lackWhere(main);
        }
        reader.scope.add(alias, source);
        if (cursor.skip("ON", "CONFLICT")) {
            reader.scope.addAlias("excluded", Source.made(Set.of()));
            onConflict(target);
        }
        List<OutputColumn> outputs = reader.selects.returning(source);
        readTarget(target);
        return outputs;
    }

    private void onConflict(@Nullable RelationName target) {
        // What an index is made of is not read: a level of its own keeps it apart.
        Scope level = new Scope(reader.scope, null);
        level.add("", source(target));
        Scope around = reader.beginScope(level);
        if (cursor.skip("ON", "CONSTRAINT")) {
            cursor.name();
        } else if (cursor.is('(')) {
            reader.definitions.indexed();
            reader.selects.where(false);
        }
        reader.endScope(around);
        cursor.expect("DO");
        if (cursor.skip("NOTHING")) {
            return;
        }
        cursor.expect("UPDATE");
        cursor.expect("SET");
        assignments(target);
        reader.selects.where(false);
    }

    /** {@code [ONLY] name [*] [[AS] alias]}; SET is no alias without AS. */
    private @Nullable RelationName target() {
        RelationName target = reader.from.relationName();
        cursor.write(target);
        String alias = target == null ? "" : target.name();
        if (cursor.skip("AS") || (cursor.isColumnId(0) && !cursor.is("SET"))) {
            alias = cursor.columnId();
        }
        reader.scope.add(alias, source(target));
        return target;
    }

    private List<OutputColumn> update() {
        cursor.at++;
        RelationName target = target();
        cursor.expect("SET");
        assignments(target);
        if (cursor.skip("FROM")) {
            reader.draft.joins++;
            reader.from.items();
        }
        return changed(target);
    }

    private List<OutputColumn> delete() {
        cursor.at++;
        cursor.expect("FROM");
        RelationName target = target();
        if (cursor.skip("USING")) {
            reader.draft.joins++;
            reader.from.items();
        }
        return changed(target);
    }

    /** WHERE and RETURNING of UPDATE and DELETE. */
    private List<OutputColumn> changed(@Nullable RelationName target) {
        if (cursor.is("WHERE") && cursor.is(1, "CURRENT") && cursor.is(2, "OF")) {
            cursor.at += 3;
            cursor.name();
            reader.draft.haveWhere(false);
        } else {
            reader.selects.where(true);
        }
        List<OutputColumn> outputs = reader.selects.returning(source(target));
        readTarget(target);
        return outputs;
    }

    /** {@code column = e, (column, ...) = e, ...}. */
    private void assignments(@Nullable RelationName target) {
        do {
            if (cursor.skip('(')) {
                do {
                    targetColumn(target);
                } while (cursor.skip(','));
                cursor.expect(')');
            } else {
                targetColumn(target);
            }
            if (!cursor.tokens.is(cursor.at, "=")) {
                cursor.unexpected();
            }
            cursor.at++;
            reader.expressions.expression();
        } while (cursor.skip(','));
    }

    /** {@code column}, {@code column.field}, {@code column[i]}. */
    private void targetColumn(@Nullable RelationName target) {
        column(target, cursor.columnId());
        while (cursor.is('.') || cursor.is('[')) {
            if (cursor.is('[')) {
                reader.expressions.subscript();
            } else {
                cursor.at++;
                cursor.name();
            }
        }
    }

    private List<OutputColumn> merge() {
        cursor.at++;
        cursor.expect("INTO");
        RelationName target = target();
        cursor.expect("USING");
        reader.draft.joins++;
        reader.from.items();
        cursor.expect("ON");
        reader.expressions.expression();
        while (cursor.skip("WHEN")) {
            cursor.skip("NOT");
            cursor.expect("MATCHED");
            if (cursor.skip("BY")) {
                cursor.at++;
            }
            if (cursor.skip("AND")) {
                reader.expressions.expression();
            }
            cursor.expect("THEN");
            action(target);
        }
        reader.draft.haveWhere(false);
        List<OutputColumn> outputs = reader.selects.returning(source(target));
        readTarget(target);
        return outputs;
    }

    private void action(@Nullable RelationName target) {
        if (cursor.skip("DO", "NOTHING") || cursor.skip("DELETE")) {
            return;
        }
        if (cursor.skip("UPDATE", "SET")) {
            assignments(target);
            return;
        }
        cursor.expect("INSERT");
        if (cursor.skip('(')) {
            do {
                targetColumn(target);
            } while (cursor.skip(','));
            cursor.expect(')');
        }
        if (cursor.skip("OVERRIDING")) {
            cursor.at++;
            cursor.expect("VALUE");
        }
        if (cursor.skip("DEFAULT", "VALUES")) {
            return;
        }
        cursor.expect("VALUES");
        cursor.expect('(');
        reader.expressions.expressions();
        cursor.expect(')');
    }
}
