package io.pgweir.session;

import io.pgweir.session.CopyTotals.Format;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a COPY statement's options say of its stream. The wire tells binary from the rest; csv, its quotes and its header line
 * stand in the statement only.
 *
 * @param header whether the first line names columns
 */
record CopyShape(Format format, boolean header, byte quote, byte escape) {
    static final CopyShape TEXT = new CopyShape(Format.TEXT, false, (byte) '"', (byte) '"');

    /** Options stand behind it; what a user named so stands before it. */
    private static final Pattern END = insensitive("\\b(?:STDIN|STDOUT)\\b");

    private static final Pattern STDIN = insensitive("\\bFROM\\s+STDIN\\b");
    private static final Pattern CSV = insensitive("\\bCSV\\b");
    private static final Pattern BINARY = insensitive("\\bBINARY\\b");
    private static final Pattern HEADER = insensitive("\\bHEADER\\b(?!\\s+(?:'?false'?|'?off'?|0)\\b)");
    private static final Pattern QUOTE = insensitive("\\bQUOTE\\s+(?:AS\\s+)?E?'(''|[^'])'");
    private static final Pattern ESCAPE = insensitive("\\bESCAPE\\s+(?:AS\\s+)?E?'(''|[^'])'");

    static CopyShape of(@Nullable SqlStatement statement) {
        if (statement == null || statement.kind() != StatementKind.COPY) {
            return TEXT;
        }
        String text = statement.text();
        Matcher end = END.matcher(text);
        int from = text.length();
        while (end.find()) {
            from = end.end();
        }
        String options = text.substring(from);
        boolean header = HEADER.matcher(options).find();
        if (CSV.matcher(options).find()) {
            byte quote = character(QUOTE, options, (byte) '"');
            return new CopyShape(Format.CSV, header, quote, character(ESCAPE, options, quote));
        }
        Format format = BINARY.matcher(options).find() ? Format.BINARY : Format.TEXT;
        return new CopyShape(format, header, TEXT.quote, TEXT.escape);
    }

    /** Whether it is a COPY ... FROM STDIN. */
    static boolean readsClient(SqlStatement statement) {
        return STDIN.matcher(statement.text()).find();
    }

    /** As the server says, who knows binary for certain. */
    CopyShape binary(boolean binary) {
        if (binary == (format == Format.BINARY)) {
            return this;
        }
        return new CopyShape(binary ? Format.BINARY : Format.TEXT, header, quote, escape);
    }

    private static byte character(Pattern pattern, String options, byte otherwise) {
        Matcher matcher = pattern.matcher(options);
        return matcher.find() ? (byte) matcher.group(1).charAt(0) : otherwise;
    }

    private static Pattern insensitive(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
