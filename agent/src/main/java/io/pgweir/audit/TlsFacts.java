package io.pgweir.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake with a client agreed on.
 *
 * @param version {@code TLSv1.3}
 * @param cipher as the JDK spells it
 * @param subject distinguished name of the client's certificate (RFC 2253), null where it showed none
 * @param names subject alternative names of that certificate
 */
public record TlsFacts(
        String version, String cipher, @Nullable String subject, List<String> names) {
    public TlsFacts {
        names = List.copyOf(names);
    }
}
