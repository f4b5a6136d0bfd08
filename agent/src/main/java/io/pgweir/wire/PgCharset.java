package io.pgweir.wire;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The Java charset of every client encoding, by PostgreSQL's own names and aliases.
 *
 * <p>Encodings that Java has not ({@code MULE_INTERNAL}, {@code LATIN6}, {@code LATIN8}) and the one that is none
 * ({@code SQL_ASCII}) read as ISO-8859-1: every byte a character, ASCII as it is, nothing lost. All of these charsets
 * keep the ASCII bytes, so what is written in ASCII reads the same in each.
 *
 * @see <a href="https://www.postgresql.org/docs/current/multibyte.html">Character Set Support</a>
 */
public final class PgCharset {
    /** Alias as PostgreSQL compares it (lower case letters and digits only), then Java's name. */
    private static final String TABLE = """
            abc windows-1258
            alt IBM866
            big5 x-windows-950
            euccn GB2312
            eucjis2004 EUC-JP
            eucjp EUC-JP
            euckr EUC-KR
            euctw x-EUC-TW
            gb18030 GB18030
            gbk GBK
            iso88591 ISO-8859-1
            iso885913 ISO-8859-13
            iso885915 ISO-8859-15
            iso885916 ISO-8859-16
            iso88592 ISO-8859-2
            iso88593 ISO-8859-3
            iso88594 ISO-8859-4
            iso88595 ISO-8859-5
            iso88596 ISO-8859-6
            iso88597 ISO-8859-7
            iso88598 ISO-8859-8
            iso88599 ISO-8859-9
            johab x-Johab
            koi8 KOI8-R
            koi8r KOI8-R
            koi8u KOI8-U
            latin1 ISO-8859-1
            latin10 ISO-8859-16
            latin2 ISO-8859-2
            latin3 ISO-8859-3
            latin4 ISO-8859-4
            latin5 ISO-8859-9
            latin7 ISO-8859-13
            latin9 ISO-8859-15
            mskanji windows-31j
            shiftjis windows-31j
            shiftjis2004 x-SJIS_0213
            sjis windows-31j
            tcvn windows-1258
            tcvn5712 windows-1258
            uhc x-windows-949
            unicode UTF-8
            utf8 UTF-8
            vscii windows-1258
            win windows-1251
            win1250 windows-1250
            win1251 windows-1251
            win1252 windows-1252
            win1253 windows-1253
            win1254 windows-1254
            win1255 windows-1255
            win1256 windows-1256
            win1257 windows-1257
            win1258 windows-1258
            win866 IBM866
            win874 x-windows-874
            win932 windows-31j
            win936 GBK
            win949 x-windows-949
            win950 x-windows-950
            windows1250 windows-1250
            windows1251 windows-1251
            windows1252 windows-1252
            windows1253 windows-1253
            windows1254 windows-1254
            windows1255 windows-1255
            windows1256 windows-1256
            windows1257 windows-1257
            windows1258 windows-1258
            windows866 IBM866
            windows874 x-windows-874
            windows932 windows-31j
            windows936 GBK
            windows949 x-windows-949
            windows950 x-windows-950
            """;

    private static final Map<String, Charset> CHARSETS = TABLE.lines()
            .map(line -> line.split(" "))
            .filter(parts -> Charset.isSupported(parts[1]))
            .collect(Collectors.toUnmodifiableMap(parts -> parts[0], parts -> Charset.forName(parts[1])));

    private PgCharset() {}

    /** {@code clientEncoding} in any spelling that the server takes; ISO-8859-1 for what is not known. */
    public static Charset of(String clientEncoding) {
        StringBuilder alias = new StringBuilder(clientEncoding.length());
        for (char c : clientEncoding.toLowerCase(Locale.ROOT).toCharArray()) {
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                alias.append(c);
            }
        }
        return CHARSETS.getOrDefault(alias.toString(), StandardCharsets.ISO_8859_1);
    }
}
