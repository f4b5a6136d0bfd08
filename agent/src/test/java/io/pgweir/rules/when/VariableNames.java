package io.pgweir.rules.when;

import java.util.Set;

/** What expressions may name, for tests of other packages. */
public final class VariableNames {
    public static final Set<String> ALL = Variables.ALL.keySet();

    private VariableNames() {}
}
