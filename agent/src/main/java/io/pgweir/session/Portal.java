package io.pgweir.session;

import org.jspecify.annotations.Nullable;

/**
 * A prepared statement with its parameters bound.
 *
 * <pre>
 *   bound --Execute--> running --PortalSuspended--> running --CommandComplete--> done
 *                        '---- closed, replaced, end of transaction ----> its execution is told as suspended
 * </pre>
 */
final class Portal {
    final String name;

    /** Null where pgweir never saw it bound. */
    final @Nullable String statementName;

    /** Null where pgweir never saw it prepared. */
    final @Nullable PreparedStatement statement;

    final @Nullable Parameters parameters;

    /** Of its Bind. */
    final @Nullable Opinion opinion;

    /** As described; -1 before. */
    int fields = -1;

    /** From its first Execute to its end. */
    @Nullable
    Execution execution;

    boolean done;

    Portal(
            String name,
            @Nullable String statementName,
            @Nullable PreparedStatement statement,
            @Nullable Parameters parameters,
            @Nullable Opinion opinion) {
        this.name = name;
        this.statementName = statementName;
        this.statement = statement;
        this.parameters = parameters;
        this.opinion = opinion;
    }
}
