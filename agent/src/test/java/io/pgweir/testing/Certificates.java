package io.pgweir.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keys and certificates for one test run, as PEM files: a server, a client named {@code alice}, and the CA of both. */
public record Certificates(Path ca, Path serverCertificate, Path serverKey, Path clientCertificate, Path clientKey) {

    /** Writes a fresh set into {@code dir}; the server is {@code localhost} and 127.0.0.1. */
    public static Certificates in(Path dir) throws Exception {
        X509Bundle ca = new CertificateBuilder()
                .subject("CN=pgweir test CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle server = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(ca);
        X509Bundle client = new CertificateBuilder().subject("CN=alice").buildIssuedBy(ca);
        return new Certificates(
                write(dir, "ca.crt", ca.getCertificatePEM()),
                write(dir, "server.crt", server.getCertificatePEM()),
                write(dir, "server.key", server.getPrivateKeyPEM()),
                write(dir, "client.crt", client.getCertificatePEM()),
                write(dir, "client.key", client.getPrivateKeyPEM()));
    }

    private static Path write(Path dir, String name, String pem) throws IOException {
        return Files.writeString(dir.resolve(name), pem, StandardCharsets.US_ASCII);
    }
}
