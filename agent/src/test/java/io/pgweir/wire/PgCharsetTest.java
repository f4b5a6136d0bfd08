package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PgCharsetTest {

    @ParameterizedTest
    @CsvSource({
        "UTF8,UTF-8",
        "utf-8,UTF-8",
        "Unicode,UTF-8",
        "LATIN1,ISO-8859-1",
        "latin9,ISO-8859-15",
        "iso_8859_5,ISO-8859-5",
        "WIN1252,windows-1252",
        "windows-1251,windows-1251",
        "SJIS,windows-31j",
        "SHIFT_JIS_2004,x-SJIS_0213",
        "BIG5,x-windows-950",
        "GBK,GBK",
        "GB18030,GB18030",
        "UHC,x-windows-949",
        "JOHAB,x-Johab",
        "EUC_JP,EUC-JP",
        "EUC_KR,EUC-KR",
        "EUC_CN,GB2312",
        "EUC_TW,x-EUC-TW",
        "KOI8R,KOI8-R",
        "WIN866,IBM866",
        "LATIN10,ISO-8859-16"
    })
    void everySpellingThatPostgresTakesIsKnown(String clientEncoding, String expected) {
        assertThat(PgCharset.of(clientEncoding)).isEqualTo(Charset.forName(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "MULE_INTERNAL", "LATIN8", "no such encoding", ""})
    void theRestReadsAsOneByteOneCharacter(String clientEncoding) {
        assertThat(PgCharset.of(clientEncoding)).isEqualTo(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTF8", "LATIN2", "LATIN5", "LATIN7", "WIN1258", "WIN874", "SJIS", "SHIFT_JIS_2004", "BIG5", "GBK",
                "GB18030", "UHC", "JOHAB", "EUC_JP", "EUC_JIS_2004", "EUC_KR", "EUC_CN", "EUC_TW", "KOI8U", "WIN866"
            })
    void asciiStaysAscii(String clientEncoding) {
        // Given
        byte[] ascii = new byte[128];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) i;
        }

        // When
        String text = new String(ascii, PgCharset.of(clientEncoding));

        // Then
        assertThat(text).isEqualTo(new String(ascii, StandardCharsets.US_ASCII));
    }

    @Test
    void aBackslashMayBeHalfACharacter() {
        assertThat(new String(new byte[] {(byte) 0x95, 0x5c}, PgCharset.of("SJIS")))
                .isEqualTo("表");
    }
}
