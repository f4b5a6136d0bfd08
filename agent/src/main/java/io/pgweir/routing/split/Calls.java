package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FunctionName;
import io.pgweir.sql.facts.StatementFacts;
import org.jspecify.annotations.Nullable;

/** Looks at what a statement calls: the graver effect of all counts, and the graver reason. */
final class Calls {
    private final SqlStatement statement;
    private final Functions functions;

    private Effect effect = Effect.NONE;
    private @Nullable String reason;
    private @Nullable Words words;

    private Calls(SqlStatement statement, Functions functions) {
        this.statement = statement;
        this.functions = functions;
    }

    /** {@link Need#READ} where all of it is harmless. */
    static Need need(SqlStatement statement, StatementFacts facts, Functions functions) {
        Calls calls = new Calls(statement, functions);
        for (FunctionName function : facts.functions()) {
            calls.add(function);
        }
        if (!functions.suspects().isEmpty() && calls.words().mentionsOneOf(functions.suspects())) {
            calls.found(Reason.VOLATILE_OPERATOR, Effect.STATE);
        }
        return calls.reason == null ? Need.READ : Need.leader(calls.reason, calls.effect);
    }

    /** Whether another statement of the same fingerprint may call for another answer. */
    static boolean dependOnLiterals(StatementFacts facts) {
        for (FunctionName function : facts.functions()) {
            if (function.name().equals("set_config") || function.name().equals("current_setting")) {
                return true;
            }
        }
        return false;
    }

    private void add(FunctionName function) {
        boolean own = function.schema() == null || function.schema().equals("pg_catalog");
        String name = function.name();
        if (own && name.equals("set_config")) {
            found(Reason.SETTING, words().setConfig());
        } else if (own && name.equals("current_setting") && !words().asksOwnSettingsOnly()) {
            found(Reason.ABOUT_THE_SERVER, Effect.NONE);
        } else if ((own && BuiltIns.isAboutTheServer(name)) || functions.isVolatile(function)) {
            addVolatile(function, own);
        }
    }

    private void addVolatile(FunctionName function, boolean own) {
        String name = function.name();
        boolean builtIn = functions.isKnown() ? functions.isVolatileBuiltIn(name) : BuiltIns.isAboutTheServer(name);
        if (own && (builtIn || function.schema() != null)) {
            found(BuiltIns.reason(name), BuiltIns.effect(name));
        } else if (function.schema() != null || words().calls(name)) {
            found(functions.isKnown() ? Reason.VOLATILE_FUNCTION : Reason.CATALOG_UNKNOWN, Effect.STATE);
        }
        // What is left is (row).field: where such a field is a function that is not harmless, it is a suspect.
    }

    private void found(String found, Effect left) {
        if (left.compareTo(effect) > 0) {
            effect = left;
        }
        reason = reason == null ? found : Reason.graver(reason, found);
    }

    private Words words() {
        Words known = words;
        if (known == null) {
            known = new Words(statement);
            words = known;
        }
        return known;
    }
}
