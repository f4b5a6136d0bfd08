package io.pgweir.auth;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Optional;

/** The channel binding {@code tls-server-end-point} of RFC 5929 section 4: a hash of the certificate that the server shows. */
public final class ChannelBinding {
    private ChannelBinding() {}

    /** Empty for a signature that names no hash, such as Ed25519: there is no such binding then. */
    public static Optional<byte[]> endPoint(X509Certificate certificate) {
        try {
            String hash = hash(certificate);
            return hash.isEmpty()
                    ? Optional.empty()
                    : Optional.of(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
        } catch (GeneralSecurityException | IOException unknown) {
            return Optional.empty();
        }
    }

    private static String hash(X509Certificate certificate)
            throws GeneralSecurityException, IOException, InvalidParameterSpecException {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash;
        if (signature.equals("RSASSA-PSS")) {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(certificate.getSigAlgParams());
            hash = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        } else {
            int with = signature.indexOf("WITH");
            hash = with < 0 ? "" : signature.substring(0, with);
        }
        return switch (hash) {
            case "MD5", "SHA1", "SHA-1" -> "SHA-256";
            case "SHA224", "SHA256", "SHA384", "SHA512" -> "SHA-" + hash.substring(3);
            default -> hash;
        };
    }
}
