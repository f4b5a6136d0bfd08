package io.pgweir.replay;

import io.pgweir.auth.Password;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in to the target for whom.
 *
 * @param byUser by the name that a captured session logged in with
 * @param others of sessions that are not in it
 */
public record Logins(Map<String, Login> byUser, Login others) {
    /** Everybody as who it was, without a password. */
    public static final Logins OWN = new Logins(Map.of(), new Login(null, null));

    /**
     * @param user null for the session's own
     * @param password null where the server asks for none
     */
    public record Login(@Nullable String user, @Nullable Password password) {
        String user(String captured) {
            return user == null ? captured : user;
        }
    }

    public Logins {
        byUser = Map.copyOf(byUser);
    }

    Login of(String captured) {
        return byUser.getOrDefault(captured, others);
    }
}
