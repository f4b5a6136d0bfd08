package io.pgweir.proxy;

/**
 * What becomes of SCRAM-SHA-256-PLUS, which proves that both ends saw the same server certificate (RFC 5929,
 * tls-server-end-point), when there are two TLS connections instead of one.
 *
 * <pre>
 *  client leg             server leg   PLUS
 *  TLS, server's own      TLS          passes: the proof holds            VERBATIM
 *  TLS, another           TLS          the proof fails: says so           REFUSE
 *  TLS                    plain        the server does not offer it       VERBATIM
 *  plain                  TLS          is taken out of the offer          STRIP
 *  plain                  plain        the server does not offer it       VERBATIM
 * </pre>
 *
 * Between two TLS connections the offer cannot be taken out: the client's proof covers what it believes was offered.
 */
enum ScramBinding {
    VERBATIM,
    STRIP,
    REFUSE;

    static final String PLUS = "SCRAM-SHA-256-PLUS";

    static ScramBinding of(boolean clientTls, boolean serverTls, boolean sameCertificate) {
        if (!serverTls || (clientTls && sameCertificate)) {
            return VERBATIM;
        }
        return clientTls ? REFUSE : STRIP;
    }

    /** Whether a client that chose {@code mechanism} can only fail. */
    boolean isRefused(String mechanism) {
        return this == REFUSE && mechanism.equals(PLUS);
    }
}
