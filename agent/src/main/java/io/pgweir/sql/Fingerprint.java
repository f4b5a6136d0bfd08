package io.pgweir.sql;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * {@code fp1}: SHA-256 over a statement's canonical tokens, its first 16 bytes in hex. docs/fingerprint.md is its definition;
 * it never changes, another one gets another prefix.
 */
final class Fingerprint {
    private static final String PREFIX = "fp1:";
    private static final int DIGEST_BYTES = 16;

    /** Finding a provider costs as much as hashing a short statement. */
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Fingerprint::sha256);

    private Fingerprint() {}

    static String of(String text, LexicalRules rules, int from, int to) {
        MessageDigest digest = DIGEST.get();
        digest.reset();
        new CanonicalTokens(new SqlLexer(text, rules, from, to), digest).digestAll();
        return PREFIX + HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
