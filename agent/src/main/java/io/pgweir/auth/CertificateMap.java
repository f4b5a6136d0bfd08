package io.pgweir.auth;

import io.pgweir.config.AuthConfig;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Which roles a client's certificate, once verified, stands for: the role of its common name, or those that a map gives that name.
 *
 * <p>Source: PostgreSQL's methods {@code cert} and {@code map}, with names only. Any thread.
 */
public record CertificateMap(AuthConfig.Certificates config) {
    /** What is longer, PostgreSQL cuts: it would be another role. */
    private static final int ROLE_BYTES_MAX = 63;

    /** Null where it does; else why not, for a log. PostgreSQL's answer is 28000. */
    public @Nullable String refusal(X509Certificate certificate, String role) {
        try {
            // A TLS session that is resumed was verified when it began.
            certificate.checkValidity();
        } catch (CertificateException over) {
            return "the certificate is not valid now: " + over.getMessage();
        }
        String name = commonName(certificate);
        if (name == null) {
            return "the certificate has no common name, or more than one";
        }
        if (role.getBytes(StandardCharsets.UTF_8).length > ROLE_BYTES_MAX) {
            return "the role's name is longer than " + ROLE_BYTES_MAX + " bytes";
        }
        Set<String> roles =
                config.roles().isEmpty() ? Set.of(name) : config.roles().getOrDefault(name, Set.of());
        return roles.contains(role)
                ? null
                : "the certificate's common name \"" + name + "\" does not stand for role \"" + role + '"';
    }

    /** Null where there is not one, or it is what no name is: empty, no text, or with a zero in it (CVE-2009-4034). */
    private static @Nullable String commonName(X509Certificate certificate) {
        String found = null;
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                Attribute names = part.toAttributes().get("CN");
                if (names != null) {
                    if (found != null || names.size() > 1 || !(names.get() instanceof String text) || !isName(text)) {
                        return null;
                    }
                    found = text;
                }
            }
        } catch (NamingException odd) {
            return null;
        }
        return found;
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && text.indexOf('\0') < 0;
    }
}
