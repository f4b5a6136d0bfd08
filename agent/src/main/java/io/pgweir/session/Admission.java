package io.pgweir.session;

import io.pgweir.wire.BackendMessage.Authentication;
import java.util.Locale;

/** How the server lets a client in: which method it asked for. Secrets pass by unread. */
final class Admission {
    private String method = "none";
    private boolean saslOffered;

    /** @return whether the client is in */
    boolean onRequest(Authentication request) {
        saslOffered = false;
        switch (request.code()) {
            case Authentication.OK -> {
                if (method.equals("none")) {
                    method = "trust";
                }
                return true;
            }
            case Authentication.CLEARTEXT_PASSWORD -> method = "password";
            case Authentication.MD5_PASSWORD -> method = "md5";
            case Authentication.GSS -> method = "gss";
            case Authentication.SSPI -> method = "sspi";
            case Authentication.SASL -> {
                saslOffered = true;
                method = request.mechanisms().isEmpty()
                        ? "sasl"
                        : spelled(request.mechanisms().getLast());
            }
            default -> {
                // Continue and Final say nothing new; 2 (Kerberos V5) is dead.
            }
        }
        return false;
    }

    /** The client has proved who it is before the server asks; whatever that asks the client all the same is the method. */
    void onVouched(String by) {
        method = by;
    }

    void onMechanism(String mechanism) {
        saslOffered = false;
        method = spelled(mechanism);
    }

    void onAnswer() {
        saslOffered = false;
    }

    /** As pg_hba.conf spells it; {@code none} before the server asked, {@code trust} where it let in without asking. */
    String method() {
        return method;
    }

    boolean saslOffered() {
        return saslOffered;
    }

    private static String spelled(String mechanism) {
        return mechanism.equals("OAUTHBEARER") ? "oauth" : mechanism.toLowerCase(Locale.ROOT);
    }
}
