package io.pgweir.limits;

/** How many sessions one user, database and so on has. Guarded by the lock of its {@link ConnectionLimits}. */
final class Count {
    final Scope scope;
    final String name;
    int max;

    /** Admitted sessions. */
    int held;

    /** Sessions that have it in their list, admitted or waiting: with none it is forgotten. */
    int users;

    Count(Scope scope, String name, int max) {
        this.scope = scope;
        this.name = name;
        this.max = max;
    }

    boolean isFull() {
        return held >= max;
    }
}
