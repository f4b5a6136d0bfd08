package io.pgweir.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One statement of a query string, lexed once and shared. Immutable. Implementation: sql helper (becomes a final class). */
public interface SqlStatement {
    /** As written, from its first token to its last; no semicolon, no blanks or comments around it... but see {@link #tags()}. */
    String text();

    /** Index of its first token in the query string, in chars. */
    int start();

    /** Index behind its last token, in chars. */
    int end();

    /** What it does, in upper case as command tags spell it: {@code SELECT}, {@code CREATE TABLE}, {@code ROLLBACK TO}. */
    String command();

    StatementKind kind();

    StatementClass statementClass();

    /** {@code fp1:} and 32 hex digits: equal for statements that differ in literals, parameters, blanks, comments, case only. */
    String fingerprint();

    /** Comments gone, literals as {@code $n} behind the highest parameter, blanks folded. */
    String normalized();

    /** {@link #text()} with every literal replaced by {@code ?}; comments gone. */
    String redacted();

    /** {@link #text()} as written but for secrets (PASSWORD '...', connection strings, user mapping options). */
    String withoutSecrets();

    /** Of PREPARE, EXECUTE, DEALLOCATE: the folded name. */
    @Nullable
    String preparedName();

    /** Of PREPARE: the statement behind AS. */
    @Nullable
    String preparedText();

    /** sqlcommenter pairs, decoded, of this statement's comments; {@code traceparent} is one of them. */
    Map<String, String> tags();

    /** Whether an unquoted or quoted identifier of that (folded) spelling stands in the text: for redacting server messages. */
    boolean mentions(String identifier);
}
