package io.pgweir.wire.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.wire.Bytes;
import io.pgweir.wire.PgCharset;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopyRowsTest {
    private static final Charset UTF8 = StandardCharsets.UTF_8;

    private static CopyRows csv() {
        return CopyRows.csv(UTF8, false, (byte) '"', (byte) '"', true);
    }

    /** Feeds all of it at once, and ends. */
    private static CopyRows fed(CopyRows rows, byte[] bytes) {
        rows.feed(bytes, 0, bytes.length);
        rows.finish();
        return rows;
    }

    private static long count(CopyRows rows, String text) {
        return fed(rows, text.translateEscapes().getBytes(StandardCharsets.ISO_8859_1))
                .rows();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~|0",
                "a|1",
                "a\\n|1",
                "a\\nb|2",
                "a\\r\\nb\\r\\n|2",
                "a\\rb\\r|2",
                "\\n|1",
                "\\n\\n|2",
                "a\\\\\\nb\\n|1",
                "a\\\\\\\\\\nb\\n|2",
                "a\\\\\\rb\\n|1",
                "a\\n\\\\.\\n|1",
                "a\\n\\\\.\\r\\nb\\n|1",
                "a\\n\\\\.|1",
                "\\\\.\\nb\\n|0",
                "a\\n\\\\.x\\nb\\n|3",
                "a\\\\.\\nb\\n|2",
                "\\\\N\\n\\\\N\\n|2",
                "\\\\|1",
                "12345678\\n12345678\\n|2",
                "1234567\\n1234567\\n|2"
            })
    void textRowsEndWherePostgresEndsThem(String text, long rows) {
        assertThat(count(CopyRows.text(UTF8, false), text)).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~|0",
                "a,b\\n|1",
                "\"a\\nb\"\\n|1",
                "\"a\"\"\\nb\"\\nc|2",
                "\"a\\r\\nb\"\\r\\nc\\r\\n|2",
                "\"\\\\.\"\\n|1",
                "a\\n\\\\.\\nb\\n|1",
                "a\\n\\\\.|1",
                "a\\n\\\\.b\\n|2",
                "\"a\\n\\\\.\\nb\"\\n|1",
                "\"never closed\\n\\n|1",
                "a\\\\\\nb\\n|2",
                "\\\\a\\n|1",
                "\\\\\"\\n\"\\n|1"
            })
    void csvRowsEndWherePostgresEndsThem(String text, long rows) {
        assertThat(count(csv(), text)).isEqualTo(rows);
    }

    @Test
    void csvEscapeOtherThanTheQuoteCountsBetweenQuotesOnly() {
        // Given
        Supplier<CopyRows> rows = () -> CopyRows.csv(UTF8, false, (byte) '\'', (byte) '\\', true);

        // Then
        assertThat(count(rows.get(), "'a\\\\'\\nb'\\n")).isEqualTo(1);
        assertThat(count(rows.get(), "'a\\\\\\\\'\\nb\\n")).isEqualTo(2);
        assertThat(count(rows.get(), "\\\\'\\nb'\\n")).isEqualTo(1);
        assertThat(count(rows.get(), "'a''\\nb'\\n")).isEqualTo(1);
    }

    @Test
    void csvOfPostgres18HasNoEndMarker() {
        assertThat(count(CopyRows.csv(UTF8, false, (byte) '"', (byte) '"', false), "a\\n\\\\.\\nb\\n"))
                .isEqualTo(3);
    }

    @Test
    void headerIsNoRow() {
        assertThat(count(CopyRows.text(UTF8, true), "a\\tb\\n1\\t2\\n")).isEqualTo(1);
        assertThat(count(CopyRows.text(UTF8, true), "a\\tb")).isZero();
        assertThat(count(CopyRows.csv(UTF8, true, (byte) '"', (byte) '"', true), "\"a\\nb\"\\n1\\n"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SJIS", "BIG5", "GBK", "GB18030", "UHC", "JOHAB", "SHIFT_JIS_2004"})
    void secondByteOfACharacterIsNoBackslash(String clientEncoding) {
        // Given
        byte[] bytes = Bytes.of()
                .bytes(0x95, 0x5c)
                .text("\n")
                .bytes(0x95, 0x5c)
                .text("\n")
                .array();

        // When
        CopyRows rows = fed(CopyRows.text(PgCharset.of(clientEncoding), false), bytes);

        // Then
        assertThat(rows.rows()).isEqualTo(2);
    }

    @Test
    void halfWidthKatakanaOfShiftJisAreOneByte() {
        // Given
        byte[] bytes = Bytes.of().bytes(0xb1, '\\', '\n', 0xb1, '\n').array();

        // When
        CopyRows rows = fed(CopyRows.text(PgCharset.of("SJIS"), false), bytes);

        // Then
        assertThat(rows.rows()).isEqualTo(1);
    }

    private static Bytes binaryHead() {
        return Bytes.of().text("PGCOPY\n").bytes(0xff, '\r', '\n', 0);
    }

    private static Bytes binary() {
        return binaryHead()
                .int32(0, 3)
                .text("ext")
                .int16(2)
                .int32(4, 7)
                .int32(-1)
                .int16(0)
                .int16(1)
                .int32(0)
                .int16(-1);
    }

    @Test
    void binaryRowsAreTuples() {
        // When
        CopyRows rows = fed(CopyRows.binary(), binary().array());

        // Then
        assertThat(rows.rows()).isEqualTo(3);
        assertThat(rows.broken()).isFalse();
    }

    @Test
    void binaryWithoutTrailerIsWholeAtTheEndOfATupleOnly() {
        byte[] all = binary().array();
        for (int length = 0; length < all.length; length++) {
            CopyRows rows = fed(CopyRows.binary(), Arrays.copyOf(all, length));
            int tupleStart = 11 + 8 + 3;
            boolean whole = length == tupleStart
                    || length == tupleStart + 14
                    || length == tupleStart + 16
                    || length == tupleStart + 22;
            assertThat(rows.broken()).as("cut to %d", length).isEqualTo(!whole);
        }
    }

    @Test
    void binaryThatPostgresRefusesIsBroken() {
        List<Bytes> streams = List.of(
                Bytes.of().text("PGCOPX"),
                binaryHead().int32(1 << 16, 0),
                binaryHead().int32(0, -1),
                binaryHead().int32(0, 0).int16(-2),
                binaryHead().int32(0, 0).int16(1).int32(-2),
                binary().int8(0));
        for (Bytes stream : streams) {
            assertThat(fed(CopyRows.binary(), stream.array()).broken()).isTrue();
        }
        assertThat(fed(
                                CopyRows.binary(),
                                binaryHead().int32(0xffff, 0).int16(-1).array())
                        .broken())
                .isFalse();
    }

    /** Bytes that mean something in one of the formats, and a few that do not. */
    @Provide
    Arbitrary<byte[]> streams() {
        Arbitrary<Byte> telling = Arbitraries.of(
                (byte) '\n',
                (byte) '\r',
                (byte) '\\',
                (byte) '.',
                (byte) '"',
                (byte) '\'',
                (byte) 'a',
                (byte) ',',
                (byte) 0x95);
        return Arbitraries.frequencyOf(Tuple.of(3, telling), Tuple.of(1, Arbitraries.just((byte) 'x')))
                .array(byte[].class)
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 12).list().ofMinSize(1).ofMaxSize(20);
    }

    private static void sameInPieces(Supplier<CopyRows> format, byte[] stream, List<Integer> cuts) {
        CopyRows whole = fed(format.get(), stream);
        CopyRows pieces = format.get();
        for (int at = 0, i = 0; at < stream.length; i++) {
            int length = Math.min(cuts.get(i % cuts.size()), stream.length - at);
            pieces.feed(stream, at, at + length);
            at += length;
        }
        pieces.finish();
        assertThat(pieces.rows()).isEqualTo(whole.rows());
        assertThat(pieces.broken()).isEqualTo(whole.broken());
    }

    @Property(tries = 3000)
    void anyChunkingCountsTheSame(@ForAll("streams") byte[] stream, @ForAll("cuts") List<Integer> cuts) {
        sameInPieces(() -> CopyRows.text(UTF8, false), stream, cuts);
        sameInPieces(() -> CopyRows.text(PgCharset.of("SJIS"), true), stream, cuts);
        sameInPieces(CopyRowsTest::csv, stream, cuts);
        sameInPieces(() -> CopyRows.csv(PgCharset.of("GBK"), true, (byte) '\'', (byte) '\\', true), stream, cuts);
        sameInPieces(() -> CopyRows.csv(UTF8, false, (byte) '\'', (byte) '\\', false), stream, cuts);
    }

    @Property(tries = 1000)
    void anyChunkingOfBinaryCountsTheSame(
            @ForAll("streams") byte[] value, @ForAll("streams") byte[] tail, @ForAll("cuts") List<Integer> cuts) {
        Bytes stream = binaryHead().int32(0, 2).int16(7).int16(2).int32(-1).int32(value.length);
        for (byte b : value) {
            stream.int8(b);
        }
        stream.int16(-1);
        for (int i = 0; i < tail.length; i += 7) {
            stream.int8(tail[i]);
        }
        sameInPieces(CopyRows::binary, stream.array(), cuts);
    }
}
