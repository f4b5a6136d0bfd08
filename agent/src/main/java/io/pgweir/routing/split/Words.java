package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.sql.ObjectType;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import java.util.Locale;
import java.util.Set;

/** The tokens of one statement, for the questions that its facts do not answer. Of a statement of many tokens the answer is the graver one. */
final class Words {
    private static final int TOKENS_MAX = 20_000;

    private final SqlTokens tokens;
    private final int size;

    Words(SqlStatement statement) {
        this.tokens = statement.tokens(TOKENS_MAX);
        this.size = tokens.size();
    }

    /** {@code pg_temp}, {@code pg_temp_3}. */
    static boolean isTemporarySchema(String schema) {
        return schema.startsWith("pg_temp") && (schema.length() == 7 || schema.charAt(7) == '_');
    }

    /** Whether BEGIN or START TRANSACTION says READ ONLY, and not READ WRITE too. */
    boolean isReadOnly() {
        boolean only = false;
        for (int i = 1; i < size; i++) {
            if (tokens.word(i).equals("READ")) {
                if (tokens.word(i + 1).equals("WRITE")) {
                    return false;
                }
                only |= tokens.word(i + 1).equals("ONLY");
            }
        }
        return only;
    }

    /** Whether DECLARE says WITH HOLD. */
    boolean isHeld() {
        for (int i = 2; i < size && !tokens.word(i).equals("FOR"); i++) {
            if (tokens.word(i).equals("HOLD") && tokens.word(i - 1).equals("WITH")) {
                return true;
            }
        }
        return false;
    }

    /** Whether SET says LOCAL. */
    boolean isLocal() {
        return tokens.word(1).equals("LOCAL");
    }

    /** Whether CREATE or INTO says TEMP, or anything is in its schema. */
    boolean isTemporary() {
        if (tokens.isCut()) {
            return true;
        }
        for (int i = 0; i < size; i++) {
            switch (tokens.word(i)) {
                case "CREATE" -> {
                    for (int j = i + 1; ObjectType.isAdjective(tokens.word(j)); j++) {
                        if (isTemp(j)) {
                            return true;
                        }
                    }
                }
                case "INTO" -> {
                    boolean scope = tokens.word(i + 1).equals("LOCAL")
                            || tokens.word(i + 1).equals("GLOBAL");
                    if (isTemp(scope ? i + 2 : i + 1)) {
                        return true;
                    }
                }
                default -> {}
            }
        }
        for (int i = 0; i < size; i++) {
            if (tokens.symbol(i + 1) == '.' && isTemporarySchema(tokens.name(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean isTemp(int index) {
        return tokens.word(index).equals("TEMP") || tokens.word(index).equals("TEMPORARY");
    }

    /** As a name, or within a string. */
    boolean mentionsTemporarySchema() {
        for (int i = 0; i < size; i++) {
            if (tokens.isName(i) ? isTemporarySchema(tokens.name(i)) : tokens.isString(i) && holdsTemporarySchema(i)) {
                return true;
            }
        }
        return tokens.isCut();
    }

    private boolean holdsTemporarySchema(int index) {
        return tokens.value(index).toLowerCase(Locale.ROOT).contains("pg_temp");
    }

    /** Whether a parenthesis stands behind that name. */
    boolean calls(String name) {
        for (int i = 0; i < size; i++) {
            if (tokens.symbol(i + 1) == '(' && tokens.name(i).equals(name)) {
                return true;
            }
        }
        return tokens.isCut();
    }

    /** Whether a name or an operator of those stands anywhere. */
    boolean mentionsOneOf(Set<String> spellings) {
        for (int i = 0; i < size; i++) {
            boolean found = tokens.isName(i)
                    ? spellings.contains(tokens.name(i))
                    : tokens.isOperator(i) && spellings.contains(tokens.text(i));
            if (found) {
                return true;
            }
        }
        return tokens.isCut();
    }

    /** Whether every {@code current_setting('name.with.dot')} names a setting that only sessions have a use for. */
    boolean asksOwnSettingsOnly() {
        for (int i = 0; i < size; i++) {
            if (tokens.symbol(i + 1) == '(' && tokens.name(i).equals("current_setting")) {
                boolean alone = tokens.symbol(i + 3) == ')' || tokens.symbol(i + 3) == ',';
                if (!alone || !tokens.isString(i + 2) || !isOwn(tokens.value(i + 2))) {
                    return false;
                }
            }
        }
        return !tokens.isCut();
    }

    private static boolean isOwn(String setting) {
        return setting.indexOf('.') > 0 && !setting.equalsIgnoreCase(OwnSetting.LSN);
    }

    /**
     * What {@code set_config} leaves: nothing where every call is local; a setting where the whole statement is {@code SELECT
     * set_config('name', 'value', false), ...}, so that it does the same wherever it is run; else nobody can tell.
     */
    Effect setConfig() {
        boolean local = true;
        boolean plain = tokens.word(0).equals("SELECT");
        int at = 1;
        while (plain && at < size) {
            at += tokens.name(at).equals("pg_catalog") && tokens.symbol(at + 1) == '.' ? 2 : 0;
            plain = isSetConfig(at)
                    && isText(at + 2)
                    && isText(at + 4)
                    && isFlag(at + 6)
                    && tokens.symbol(at + 7) == ')';
            local &= tokens.word(at + 6).equals("TRUE");
            at += 8;
            at += tokens.word(at).equals("AS") ? 1 : 0;
            at += tokens.isName(at) ? 1 : 0;
            plain &= at == size || tokens.symbol(at) == ',';
            at++;
        }
        if (!plain) {
            return isEverywhereLocal() ? Effect.NONE : Effect.STATE;
        }
        return local ? Effect.NONE : mentionsTemporarySchema() || setsSeed() ? Effect.STATE : Effect.SETTING;
    }

    private boolean isSetConfig(int index) {
        return tokens.symbol(index + 1) == '(' && tokens.name(index).equals("set_config");
    }

    private boolean isText(int index) {
        return tokens.symbol(index + 1) == ','
                && (tokens.isString(index) || tokens.word(index).equals("NULL"));
    }

    private boolean isFlag(int index) {
        return tokens.word(index).equals("TRUE") || tokens.word(index).equals("FALSE");
    }

    private boolean setsSeed() {
        for (int i = 0; i < size; i++) {
            if (tokens.isString(i) && tokens.value(i).equalsIgnoreCase("seed")) {
                return true;
            }
        }
        return false;
    }

    private boolean isEverywhereLocal() {
        for (int i = 0; i < size && tokens.fault() == null; i++) {
            if (isSetConfig(i)) {
                int close = tokens.partner(i + 1);
                if (!tokens.word(close - 1).equals("TRUE") || tokens.symbol(close - 2) != ',') {
                    return false;
                }
            }
        }
        return tokens.fault() == null && !tokens.isCut();
    }
}
