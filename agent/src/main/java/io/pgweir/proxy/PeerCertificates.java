package io.pgweir.proxy;

import io.pgweir.audit.TlsFacts;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What a client's certificate says, for the record. */
final class PeerCertificates {
    private PeerCertificates() {}

    static TlsFacts facts(SSLSession session) {
        try {
            X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
            return new TlsFacts(
                    session.getProtocol(),
                    session.getCipherSuite(),
                    shown.getSubjectX500Principal().getName(),
                    names(shown));
        } catch (SSLPeerUnverifiedException anonymous) {
            return new TlsFacts(session.getProtocol(), session.getCipherSuite(), null, List.of());
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
