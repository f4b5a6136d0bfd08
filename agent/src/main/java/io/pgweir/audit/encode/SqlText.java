package io.pgweir.audit.encode;

import io.pgweir.session.Execution;
import io.pgweir.sql.SqlStatement;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import tools.jackson.core.SerializableString;

/**
 * The {@code sql} and {@code prepared} objects. Redacting and hashing a text costs more than all else in a record, so the
 * object of a short statement that comes again is kept for its next execution. One thread.
 */
final class SqlText {
    /** Of statements whose objects are kept; with {@value #KEPT} of them a few megabytes at most. */
    private static final int KEPT_CHARS_MAX = 4096;

    private static final int KEPT = 512;

    /** sqlcommenter pairs are few and short; a comment made of nothing else must not fill a record. */
    private static final int TAGS_MAX = 32;

    private static final int TAG_BYTES_MAX = 512;

    private final Redaction redaction;
    private final Tokens tokens;
    private final Disclosed open;
    private final int textBytesMax;
    private final MessageDigest digest = sha256();
    private final Fragments<SqlStatement> kept = new Fragments<>(KEPT, this::fragment);

    SqlText(Redaction redaction, int textBytesMax, Tokens tokens, Disclosed open) {
        this.redaction = redaction;
        this.tokens = tokens;
        this.open = open;
        this.textBytesMax = textBytesMax;
    }

    void write(JsonText json, Execution execution) {
        SqlStatement statement = execution.statement();
        if (statement == null) {
            return;
        }
        if (execution.textTruncated()) {
            json.begin(Property.SQL);
            writeText(json, statement, execution);
            writeMeaning(json, statement);
            json.end();
        } else {
            write(json, statement);
        }
    }

    /** Of a text that was seen whole, or whose head is all that is known yet. */
    void write(JsonText json, SqlStatement statement) {
        SerializableString known = statement.text().length() > KEPT_CHARS_MAX ? null : kept.of(statement);
        if (known == null) {
            json.begin(Property.SQL);
            writeWhole(json, statement);
            json.end();
        } else {
            json.value(Property.SQL, known);
            if (redaction.showsLiterals()) {
                // The commitment that was kept is to the same salt: it hangs on text and key.
                open.sql(full(statement));
            }
        }
    }

    private void writeWhole(JsonText json, SqlStatement statement) {
        byte[] whole = statement.text().getBytes(StandardCharsets.UTF_8);
        writeText(json, statement, whole.length, digest.digest(whole), "statement", false);
        writeMeaning(json, statement);
    }

    /** What an SQL-level EXECUTE ran. */
    void writePrepared(JsonText json, String name, SqlStatement resolved) {
        json.begin(Property.PREPARED);
        json.string(Property.NAME, Cut.head(name, TAG_BYTES_MAX));
        json.string(Property.TEXT, Cut.head(resolved.redacted(), textBytesMax));
        json.string(Property.FINGERPRINT, resolved.fingerprint());
        json.end();
    }

    /** What the server was asked in the statement's place. */
    void writeRewritten(JsonText json, SqlStatement rewritten) {
        json.begin(Property.REWRITTEN);
        json.string(Property.TEXT, Cut.head(rewritten.redacted(), textBytesMax));
        json.string(Property.FINGERPRINT, rewritten.fingerprint());
        json.end();
    }

    private SerializableString fragment(SqlStatement statement) {
        return JsonText.fragment(json -> {
            json.begin();
            writeWhole(json, statement);
            json.end();
        });
    }

    private void writeText(JsonText json, SqlStatement statement, Execution execution) {
        byte[] ofQuery = execution.textSha256();
        if (execution.textTruncated() && ofQuery != null) {
            writeText(json, statement, execution.textBytes(), ofQuery, "query", true);
        } else {
            byte[] whole = statement.text().getBytes(StandardCharsets.UTF_8);
            writeText(json, statement, whole.length, digest.digest(whole), "statement", execution.textTruncated());
        }
    }

    private void writeText(
            JsonText json, SqlStatement statement, long length, byte[] sha256, String hashed, boolean truncated) {
        String shown = statement.redacted();
        String head = Cut.head(shown, textBytesMax);
        json.string(Property.TEXT, head);
        json.number(Property.LENGTH, length);
        json.string(Property.HMAC, tokens.token(sha256));
        json.string(Property.HMAC_OF, hashed);
        json.bool(Property.TRUNCATED, truncated || head.length() < shown.length());
        if (redaction.showsLiterals()) {
            json.string(Property.COMMITMENT, open.sql(full(statement)));
        }
    }

    /** As written, but without secrets. */
    private String full(SqlStatement statement) {
        return JsonText.mended(Cut.head(statement.withoutSecrets(), textBytesMax));
    }

    private void writeMeaning(JsonText json, SqlStatement statement) {
        json.string(Property.FINGERPRINT, statement.fingerprint());
        if (redaction.showsLiterals()) {
            json.string(Property.NORMALIZED, Cut.head(statement.normalized(), textBytesMax));
        }
        Map<String, String> tags = statement.tags();
        if (tags.isEmpty()) {
            return;
        }
        json.begin(Property.TAGS);
        int left = TAGS_MAX;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (left-- == 0) {
                break;
            }
            json.string(Cut.head(tag.getKey(), TAG_BYTES_MAX), Cut.head(tag.getValue(), TAG_BYTES_MAX));
        }
        json.end();
        String traceparent = tags.get("traceparent");
        if (traceparent != null) {
            json.string(Property.TRACEPARENT, Cut.head(traceparent, TAG_BYTES_MAX));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
