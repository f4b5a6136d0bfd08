package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import java.security.cert.X509Certificate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChannelBindingTest {

    /** RFC 5929 section 4.1; an Ed25519 signature names no hash. */
    @ParameterizedTest
    @EnumSource(
            value = CertificateBuilder.Algorithm.class,
            names = {"ecp256", "ecp384", "rsa2048", "ed25519"})
    void theEndPointIsTheCertificatesHash(CertificateBuilder.Algorithm algorithm) throws Exception {
        // Given
        X509Certificate certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .algorithm(algorithm)
                .setIsCertificateAuthority(true)
                .buildSelfSigned()
                .getCertificate();
        // When
        int bits = ChannelBinding.endPoint(certificate)
                .map(hash -> hash.length * 8)
                .orElse(0);
        // Then
        assertThat(bits)
                .isEqualTo(
                        switch (algorithm) {
                            case ecp384 -> 384;
                            case ed25519 -> 0;
                            default -> 256;
                        });
    }
}
