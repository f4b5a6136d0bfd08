package io.pgweir.auth;

/** What is known of a role's password. None of them shows it. */
public sealed interface RoleSecret permits ScramVerifier, Md5Hash, Password {

    /**
     * In the forms of {@code pg_authid.rolpassword}; what has none of them is the password itself.
     *
     * @throws IllegalArgumentException for what begins as a SCRAM verifier and is none
     */
    static RoleSecret of(String text) {
        if (text.startsWith(ScramVerifier.PREFIX)) {
            return ScramVerifier.parse(text);
        }
        return Md5Hash.isOne(text) ? new Md5Hash() : new Password(text);
    }
}
