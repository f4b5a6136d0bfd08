package io.pgweir.rules.file;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One test of a rule: a question, and what the rule answers.
 *
 * @param line of its first key, from 1
 * @param sql null where the rule's moment knows no statement
 * @param parameters null where nothing is bound
 * @param spentRows what the meter tells, whatever it is asked for
 * @param outcome of the transaction
 * @param expect a word: {@code none}, {@code unknown}, {@code exempt}, or an action's
 * @param rules the ids of all rules of the file that match; null where only this one is asked
 */
record RuleTest(
        int line,
        @Nullable String sql,
        String user,
        String database,
        String application,
        String address,
        String listener,
        String cluster,
        boolean tls,
        String authentication,
        Instant now,
        @Nullable List<@Nullable String> parameters,
        List<String> columns,
        long rows,
        long bytes,
        String copyFormat,
        boolean extended,
        boolean standardConformingStrings,
        long spentRows,
        long spentBytes,
        int executions,
        String outcome,
        String expect,
        @Nullable List<String> rules) {}
