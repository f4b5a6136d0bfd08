package io.pgweir.audit.encode;

import io.pgweir.audit.RecordBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record's {@code open}: values that the hashed part only commits to, so that they can be erased later and the chain still
 * holds. One thread.
 */
final class Disclosed {
    private static final byte[] OPEN = ",\"open\":".getBytes(StandardCharsets.US_ASCII);

    private final Tokens tokens;
    private @Nullable Tree sql;
    private final List<@Nullable Object> parameters = new ArrayList<>();
    private boolean someParameter;

    Disclosed(Tokens tokens) {
        this.tokens = tokens;
    }

    void clear() {
        sql = null;
        parameters.clear();
        someParameter = false;
    }

    /** @return the commitment, hex */
    String sql(String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        byte[] salt = tokens.salt(value);
        sql = new Tree().with("salt", hex(salt)).with("text", text);
        return commitment(salt, value);
    }

    /** The next parameter is shown. @return the commitment, hex */
    String parameter(String text) {
        byte[] value = text.getBytes(StandardCharsets.UTF_8);
        byte[] salt = tokens.salt(value);
        parameters.add(new Tree().with("salt", hex(salt)).with("value", text).members());
        someParameter = true;
        return commitment(salt, value);
    }

    /** The next parameter is not. */
    void noParameter() {
        parameters.add(null);
    }

    /** Behind the hash, before the record's closing brace. */
    void appendTo(RecordBuffer record) {
        if (sql == null && !someParameter) {
            return;
        }
        Tree open = new Tree();
        if (sql != null) {
            open.with("sql", sql);
        }
        record.writeBytes(OPEN);
        JsonTree.write(
                open.with("parameters", someParameter ? parameters : null).members(), record);
    }

    private static String commitment(byte[] salt, byte[] value) {
        byte[] both = new byte[salt.length + value.length];
        System.arraycopy(salt, 0, both, 0, salt.length);
        System.arraycopy(value, 0, both, salt.length, value.length);
        return Digests.sha256(both);
    }

    private static String hex(byte[] salt) {
        return HexFormat.of().formatHex(salt);
    }
}
