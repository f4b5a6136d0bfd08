package io.pgweir.session;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.SqlTokens;
import io.pgweir.wire.PgCharset;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text as the server reads it if {@code standard_conforming_strings} or {@code client_encoding} are not what it told last,
 * because something that it has not answered yet changes them.
 *
 * <pre>
 *   a backslash     the other value of standard_conforming_strings
 *   bytes from 80   every encoding in which a byte of ASCII may be the second half of a character: there a backslash, a bracket or a
 *                   letter may vanish; all other encodings cut the text at the same places
 * </pre>
 *
 * @param others beside the one that holds now
 * @param anything whether a name or the text as a whole could be read as something that is not among them
 */
record Readings(List<SqlScript> others, boolean anything) {
    private static final Readings NONE = new Readings(List.of(), false);

    /** Those whose second bytes reach into ASCII. */
    private static final List<Charset> CHARSETS = List.of(
            PgCharset.of("SJIS"),
            PgCharset.of("SHIFT_JIS_2004"),
            PgCharset.of("BIG5"),
            PgCharset.of("GBK"),
            PgCharset.of("GB18030"),
            PgCharset.of("UHC"),
            PgCharset.of("JOHAB"));

    private static final char REPLACEMENT = '\uFFFD';
    private static final int TOKENS_MAX = 20_000;

    /** @param text as decoded with {@code charset}, read under {@code rules} */
    static Readings of(String text, LexicalRules rules, Charset charset) {
        boolean ascii = isAscii(text);
        if (ascii && text.indexOf('\\') < 0) {
            return NONE;
        }
        Set<String> texts = new LinkedHashSet<>();
        texts.add(text);
        boolean known = ascii || addDecoded(text, charset, texts);
        List<SqlScript> others = new ArrayList<>();
        for (String each : texts) {
            if (!each.equals(text)) {
                others.add(SqlScript.of(each, rules));
            }
            if (each.indexOf('\\') >= 0) {
                others.add(SqlScript.of(each, new LexicalRules(!rules.standardConformingStrings())));
            }
        }
        return new Readings(others, !known || (!ascii && namesBeyondAscii(SqlScript.of(text, rules))));
    }

    /** False where the bytes cannot be told from the text. */
    private static boolean addDecoded(String text, Charset charset, Set<String> texts) {
        boolean exact =
                charset.equals(StandardCharsets.UTF_8) || charset.newEncoder().maxBytesPerChar() == 1;
        if (!exact || text.indexOf(REPLACEMENT) >= 0) {
            return false;
        }
        byte[] bytes = text.getBytes(charset);
        for (Charset other : CHARSETS) {
            String decoded = decode(bytes, other);
            if (decoded != null) {
                texts.add(decoded);
            }
        }
        return true;
    }

    /** Null where the server would refuse the bytes. */
    private static @Nullable String decode(byte[] bytes, Charset charset) {
        try {
            CharBuffer decoded = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE)
                    .decode(ByteBuffer.wrap(bytes));
            return decoded.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** A name with other letters than those of ASCII is another one in another encoding. */
    private static boolean namesBeyondAscii(SqlScript script) {
        for (SqlStatement statement : script.statements()) {
            SqlTokens tokens = statement.tokens(TOKENS_MAX);
            for (int i = 0; i < tokens.size(); i++) {
                if (tokens.isName(i) && !isAscii(tokens.text(i))) {
                    return true;
                }
            }
            if (tokens.isCut()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
