package io.pgweir.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Who may come in: whoever brings the bearer token, or anybody where there is none. */
final class Door {
    private static final String SCHEME = "Bearer ";

    private final byte @Nullable [] token;

    /** @param token null where none is asked for */
    Door(@Nullable String token) {
        this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    }

    /** @param authorization the header, null where there was none. Takes as long for a wrong token as for the right one. */
    boolean opensTo(@Nullable String authorization) {
        if (token == null) {
            return true;
        }
        return authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        token, authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}
