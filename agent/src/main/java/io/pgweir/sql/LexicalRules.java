package io.pgweir.sql;

/**
 * The settings of a session that change how PostgreSQL lexes.
 *
 * @param standardConformingStrings whether a backslash is an ordinary character in {@code '...'}
 */
public record LexicalRules(boolean standardConformingStrings) {
    public static final LexicalRules DEFAULT = new LexicalRules(true);
}
