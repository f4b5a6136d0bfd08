package io.pgweir.proxy;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.pgweir.auth.CertificateMap;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.AuthConfig.Certificates.Others;
import io.pgweir.config.SplitConfig;
import io.pgweir.proxy.split.Judge;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** Lets clients of a listener in by their certificates, as PostgreSQL's method {@code cert}. Any thread. */
final class CertificateLogin {
    /** As pg_hba.conf spells it. */
    static final String METHOD = "cert";

    private final CertificateMap roles;
    private final boolean othersRefused;

    /**
     * @param judge who lets the client in, where somebody may
     * @param refusal where nobody may: the client's
     * @param reason of that, for people other than the client
     */
    record Answer(Judge judge, @Nullable Refusal refusal, String reason) {
        static final Answer LEADER = new Answer(Judge.LEADER, null, "");
    }

    private CertificateLogin(AuthConfig.Certificates config) {
        this.roles = new CertificateMap(config);
        this.othersRefused = config.others() == Others.REFUSE;
    }

    /** Null where certificates let nobody in. */
    static @Nullable CertificateLogin of(SplitConfig config) {
        AuthConfig.Certificates certificates =
                config.auth() == null ? null : config.auth().certificates();
        return certificates == null ? null : new CertificateLogin(certificates);
    }

    /** @param client whose handshake is over, where there was one */
    Answer onStartup(Channel client, String role) {
        SslHandler tls = client.pipeline().get(SslHandler.class);
        X509Certificate shown =
                tls == null ? null : PeerCertificates.shown(tls.engine().getSession());
        String fault = shown == null ? "no certificate was shown" : roles.refusal(shown, role);
        if (fault == null) {
            return new Answer(othersRefused ? Judge.CERTIFICATE : Judge.CERTIFICATE_OR_LEADER, null, "");
        }
        if (!othersRefused) {
            return Answer.LEADER;
        }
        return new Answer(Judge.LEADER, shown == null ? Refusal.noCertificate() : Refusal.certificate(role), fault);
    }
}
