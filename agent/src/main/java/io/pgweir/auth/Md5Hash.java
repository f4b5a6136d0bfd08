package io.pgweir.auth;

/**
 * A password that is stored as PostgreSQL's {@code md5}: nobody can prove it by SCRAM. Which hash it is, nobody needs to know.
 */
public record Md5Hash() implements RoleSecret {
    private static final String PREFIX = "md5";
    private static final int LENGTH = 35;

    /** As get_password_type: lower-case digits. */
    static boolean isOne(String text) {
        return text.length() == LENGTH
                && text.startsWith(PREFIX)
                && text.chars()
                        .skip(PREFIX.length())
                        .allMatch(digit -> (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
    }
}
