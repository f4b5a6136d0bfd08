package io.pgweir.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a source tells of a role that it knows.
 *
 * @param secret null for a role without password
 * @param validUntil of the password; for ever where null
 */
public record KnownRole(
        String name, @Nullable RoleSecret secret, @Nullable Instant validUntil) {

    /** Why nobody can log in as this role by a password, for a log and never for a client; null where one can. */
    @Nullable
    String hindrance(Instant now) {
        if (secret == null || (secret instanceof Password password && password.isEmpty())) {
            return "role has no password";
        }
        if (validUntil != null && validUntil.isBefore(now)) {
            return "role's password is valid no longer than " + validUntil;
        }
        if (secret instanceof Md5Hash) {
            return "role's password is stored as md5 (expected: SCRAM-SHA-256; set password_encryption ="
                    + " 'scram-sha-256' and the password again)";
        }
        return null;
    }
}
