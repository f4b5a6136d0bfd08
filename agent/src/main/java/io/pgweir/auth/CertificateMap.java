package io.pgweir.auth;

import io.pgweir.config.AuthConfig;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Which roles a client's certificate, once verified, stands for: the role of its common name, or those that a map gives that name.
 *
 * <p>Source: PostgreSQL's methods {@code cert} and {@code map}, with names only.
 */
public record CertificateMap(AuthConfig.Certificates config) {

    /** Null where it does; else why not, for a log. PostgreSQL's answer is 28000. */
    public @Nullable String refusal(X509Certificate certificate, String user) {
        String name = commonName(certificate);
        if (name == null) {
            return "the certificate has no common name";
        }
        Set<String> roles =
                config.roles().isEmpty() ? Set.of(name) : config.roles().getOrDefault(name, Set.of());
        return roles.contains(user)
                ? null
                : "the certificate's common name \"" + name + "\" does not stand for role \"" + user + '"';
    }

    /** The first as the certificate has them; null where it holds what no name holds (CVE-2009-4034). */
    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            var name = new LdapName(certificate.getSubjectX500Principal().getName());
            for (Rdn part : name.getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue() instanceof String text && text.indexOf('\0') < 0 ? text : null;
                }
            }
            return null;
        } catch (InvalidNameException odd) {
            return null;
        }
    }
}
