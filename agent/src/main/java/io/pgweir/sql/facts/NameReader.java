package io.pgweir.sql.facts;

import io.pgweir.sql.Keyword.Category;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a name begins in an expression: a column, a whole row, a function, or a literal behind its type. */
final class NameReader {
    /** PostgreSQL's own functions of one argument that give back what is in a row. */
    private static final Set<String> ROW_FUNCTIONS = Set.of(
            "any_value",
            "array_agg",
            "concat",
            "json_agg",
            "json_agg_strict",
            "json_build_array",
            "jsonb_agg",
            "jsonb_agg_strict",
            "jsonb_build_array",
            "max",
            "min",
            "quote_literal",
            "quote_nullable",
            "record_out",
            "record_send",
            "row_to_json",
            "to_json",
            "to_jsonb");

    private final Reader reader;
    private final Cursor cursor;

    NameReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    void read() {
        int start = cursor.at;
        Category category = cursor.tokens.category(start);
        if (category == Category.RESERVED) {
            cursor.unexpected();
            return;
        }
        String first = cursor.name();
        String second = null;
        String third = null;
        String fourth = null;
        boolean star = false;
        while (cursor.is('.') && !star) {
            cursor.at++;
            star = cursor.isStar();
            String part = star ? ColumnName.ALL : cursor.name();
            if (star) {
                cursor.at++;
            }
            if (second == null) {
                second = part;
            } else if (third == null) {
                third = part;
            } else if (fourth == null) {
                fourth = part;
            } else {
                cursor.unexpected();
            }
        }
        if (cursor.is('(') && !star) {
            call(start, first, second, third);
        } else if (cursor.isString() && !star) {
            cursor.advance();
        } else if (category == Category.FUNCTION_NAME) {
            cursor.unexpected();
        } else {
            column(start, first, second, third, fourth);
        }
    }

    private void call(int start, String first, @Nullable String second, @Nullable String third) {
        if (second == null && cursor.tokens.category(start) == Category.COLUMN_NAME) {
            cursor.unexpected();
            return;
        }
        // A function's name, but for a type with its modifiers in front of a literal.
        boolean literal = cursor.tokens.isString(cursor.tokens.partner(cursor.at) + 1);
        if (!literal) {
            FunctionName function = third != null
                    ? new FunctionName(second, third)
                    : second != null ? new FunctionName(first, second) : new FunctionName(null, first);
            cursor.draft.functions.add(function);
            if (function.name().equals("set_config")) {
                setConfig();
            }
        }
        reader.calls.arguments();
        if (literal) {
            cursor.advance();
        } else {
            reader.calls.afterCall();
        }
    }

    /** The setting's name, where it is a literal. */
    private void setConfig() {
        boolean literal = cursor.tokens.isString(cursor.at + 1) && cursor.is(2, ',');
        String name = literal ? SettingReader.fold(cursor.tokens.value(cursor.at + 1)) : SettingReader.UNKNOWN;
        cursor.draft.literalsMatter |= literal;
        String before = cursor.draft.setting;
        cursor.draft.setting = before == null || before.equals(name) ? name : SettingReader.UNKNOWN;
    }

    private void column(
            int start, String first, @Nullable String second, @Nullable String third, @Nullable String fourth) {
        cursor.draft.columnTokens.set(start);
        if (second == null) {
            reader.scope.references.add(new Scope.Reference(null, null, first));
        } else if (third == null) {
            column(null, first, second);
        } else if (fourth == null) {
            column(first, second, third);
        } else {
            column(second, third, fourth);
        }
    }

    /** {@code t.f} is {@code f(t)}, a function of the whole row, where t has no such column. */
    private void column(@Nullable String schema, String qualifier, String name) {
        reader.scope.references.add(new Scope.Reference(schema, qualifier, name));
        if (ROW_FUNCTIONS.contains(name)) {
            cursor.draft.functions.add(new FunctionName(null, name));
            reader.scope.references.add(new Scope.Reference(schema, qualifier, ColumnName.ALL));
        }
    }
}
