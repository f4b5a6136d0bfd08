package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.pgweir.config.AuthConfig;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateMapTest {

    @Test
    void aCertificateStandsForItsNameOrForTheRolesOfItsName() throws Exception {
        // Given
        X509Certificate alice = certificate("CN=alice,OU=people,O=pgweir");
        var plain = new CertificateMap(new AuthConfig.Certificates(Map.of()));
        var mapped = new CertificateMap(new AuthConfig.Certificates(Map.of("alice", Set.of("app", "report"))));
        // When, Then
        assertThat(plain.refusal(alice, "alice")).isNull();
        assertThat(plain.refusal(alice, "Alice"))
                .isEqualTo("the certificate's common name \"alice\" does not stand for role \"Alice\"");
        assertThat(mapped.refusal(alice, "report")).isNull();
        assertThat(mapped.refusal(alice, "alice")).isNotNull();
        assertThat(mapped.refusal(certificate("CN=bob"), "app")).isNotNull();
        assertThat(plain.refusal(certificate("O=alice"), "alice")).isEqualTo("the certificate has no common name");
    }

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

    private static X509Certificate certificate(String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .setIsCertificateAuthority(true)
                .buildSelfSigned()
                .getCertificate();
    }
}
