package io.pgweir.lab;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS for plain ASCII passwords. Sources: RFC 5802, RFC 7677,
 * RFC 5929 section 4 (tls-server-end-point).
 */
final class ScramClient {

    private final String password;
    private final String gs2Header;
    private final byte[] channelBinding;
    private final String nonce;
    private String authMessage = "";
    private byte[] saltedPassword = {};

    /** Binds to the server's certificate where one is given: the mechanism is then the one that ends in -PLUS. */
    ScramClient(String password, @Nullable X509Certificate certificate) throws GeneralSecurityException {
        this.password = password;
        this.gs2Header = certificate == null ? "n,," : "p=tls-server-end-point,,";
        this.channelBinding = certificate == null ? new byte[0] : endPoint(certificate);
        byte[] random = new byte[18];
        new SecureRandom().nextBytes(random);
        this.nonce = base64(random);
    }

    /** client-first-message; PostgreSQL takes the user from the startup packet, so n= stays empty. */
    String first() {
        return gs2Header + "n=,r=" + nonce;
    }

    /** client-final-message, the answer to server-first-message. */
    String last(String serverFirst) throws GeneralSecurityException {
        Map<String, String> server = attributes(serverFirst);
        byte[] salt = Base64.getDecoder().decode(server.get("s"));
        int iterations = Integer.parseInt(server.getOrDefault("i", "0"));
        saltedPassword = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                .getEncoded();
        byte[] header = gs2Header.getBytes(StandardCharsets.UTF_8);
        String withoutProof = "c=" + base64(Frontend.concat(header, channelBinding)) + ",r=" + server.get("r");
        authMessage = "n=,r=" + nonce + "," + serverFirst + "," + withoutProof;
        byte[] clientKey = hmac(saltedPassword, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
        byte[] proof = hmac(storedKey, authMessage);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        return withoutProof + ",p=" + base64(proof);
    }

    /** Whether server-final-message proves that the server knows the password too. */
    boolean isGenuine(String serverFinal) throws GeneralSecurityException {
        byte[] expected = hmac(hmac(saltedPassword, "Server Key"), authMessage);
        return base64(expected).equals(attributes(serverFinal).get("v"));
    }

    private static byte[] endPoint(X509Certificate certificate) throws GeneralSecurityException {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash = signature.contains("SHA384") ? "SHA-384" : signature.contains("SHA512") ? "SHA-512" : "SHA-256";
        return MessageDigest.getInstance(hash).digest(certificate.getEncoded());
    }

    private static Map<String, String> attributes(String message) {
        var attributes = new HashMap<String, String>();
        for (String part : message.split(",")) {
            attributes.put(part.substring(0, 1), part.substring(2));
        }
        return attributes;
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
