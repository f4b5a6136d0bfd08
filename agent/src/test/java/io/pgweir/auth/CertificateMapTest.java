package io.pgweir.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.pgweir.config.AuthConfig.Certificates;
import io.pgweir.config.AuthConfig.Certificates.Others;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateMapTest {
    private static final CertificateMap NAMES = new CertificateMap(new Certificates(Map.of(), Others.REFUSE));

    private static CertificateBuilder named(String subject) {
        return new CertificateBuilder().subject(subject).setIsCertificateAuthority(true);
    }

    private static X509Certificate certificate(String subject) throws Exception {
        return named(subject).buildSelfSigned().getCertificate();
    }

    @Test
    void aCertificateStandsForItsNameOrForTheRolesOfItsName() throws Exception {
        // Given
        X509Certificate alice = certificate("CN=alice,OU=people,O=pgweir");
        var mapped = new CertificateMap(new Certificates(Map.of("alice", Set.of("app", "report")), Others.REFUSE));

        // Then
        assertThat(NAMES.refusal(alice, "alice")).isNull();
        assertThat(NAMES.refusal(alice, "Alice"))
                .isEqualTo("the certificate's common name \"alice\" does not stand for role \"Alice\"");
        assertThat(mapped.refusal(alice, "report")).isNull();
        assertThat(mapped.refusal(alice, "alice")).isNotNull();
        assertThat(mapped.refusal(certificate("CN=bob"), "app")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"O=alice", "CN=alice,CN=bob", "CN=alice,O=pgweir,CN=alice", "O=pgweir+CN=alice+CN=bob"})
    void whatHasNotOneNameStandsForNobody(String subject) throws Exception {
        // Given
        X509Certificate odd = certificate(subject);

        // Then
        assertThat(NAMES.refusal(odd, "alice")).isEqualTo("the certificate has no common name, or more than one");
        assertThat(NAMES.refusal(odd, "bob")).isNotNull();
        assertThat(NAMES.refusal(odd, "")).isNotNull();
    }

    @Test
    void aNameAmongOthersOfItsPartIsOne() throws Exception {
        assertThat(NAMES.refusal(certificate("O=pgweir+CN=alice"), "alice")).isNull();
    }

    /** PostgreSQL would log in the role of the first 63 bytes. */
    @Test
    void aNameThatPostgresCutsStandsForNobody() throws Exception {
        // Given
        String longest = "a".repeat(63);

        // Then
        assertThat(NAMES.refusal(certificate("CN=" + longest), longest)).isNull();
        assertThat(NAMES.refusal(certificate("CN=" + longest + "a"), longest + "a"))
                .isEqualTo("the role's name is longer than 63 bytes");
    }

    @Test
    void whatIsOverStandsForNobody() throws Exception {
        // Given
        X509Certificate over = named("CN=alice")
                .notBefore(Instant.now().minusSeconds(7200))
                .notAfter(Instant.now().minusSeconds(3600))
                .buildSelfSigned()
                .getCertificate();

        // Then
        assertThat(NAMES.refusal(over, "alice")).startsWith("the certificate is not valid now");
    }
}
