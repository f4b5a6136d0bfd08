package io.pgweir.proxy;

import io.pgweir.audit.TlsFacts;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a client's certificate says. */
final class PeerCertificates {
    private PeerCertificates() {}

    static TlsFacts facts(SSLSession session) {
        X509Certificate shown = shown(session);
        return shown == null
                ? new TlsFacts(session.getProtocol(), session.getCipherSuite(), null, List.of())
                : new TlsFacts(
                        session.getProtocol(),
                        session.getCipherSuite(),
                        shown.getSubjectX500Principal().getName(),
                        names(shown));
    }

    /** The client's own, which was verified; null where it showed none. */
    static @Nullable X509Certificate shown(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException anonymous) {
            return null;
        }
    }

    /** Subject alternative names that are text: of hosts, mail addresses and URIs. */
    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (alternative.get(1) instanceof String name) {
                        names.add(name);
                    }
                }
            }
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
        return names;
    }
}
