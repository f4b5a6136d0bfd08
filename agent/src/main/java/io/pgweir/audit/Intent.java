package io.pgweir.audit;

import io.pgweir.session.Execution;
import io.pgweir.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be asked of the server.
 *
 * @param step PARSE where the text is only parsed yet
 * @param statement null for a FunctionCall, and where pgweir never saw the statement
 * @param functionOid of a FunctionCall, else 0
 */
public record Intent(
        long nanos,
        Execution.Path path,
        Execution.Step step,
        @Nullable SqlStatement statement,
        @Nullable String statementName,
        @Nullable String portalName,
        int functionOid) {}
