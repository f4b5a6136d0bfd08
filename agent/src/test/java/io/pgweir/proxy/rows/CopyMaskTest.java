package io.pgweir.proxy.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.rules.Masking;
import io.pgweir.sql.CopyClause;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CopyMaskTest {
    private static final int ROW_BYTES_MAX = 1000;

    @Test
    void textIsUnescapedMaskedAndEscaped() {
        // Given
        var mask = mask(text(false), null, partial(2, 2), fixed("tab\there\\"), NullMask.INSTANCE);

        // Then
        assertThat(feed(mask, "1\ta\\\\b\\tcdefgh\tx\ty\n2\t\\N\t\\N\t\\N\n"))
                .isEqualTo("1\ta\\\\......gh\ttab\\there\\\\\t\\N\n2\t\\N\t\\N\t\\N\n");
    }

    @Test
    void csvKeepsQuotesAndMakesThemWhereNeeded() {
        // Given
        var mask = mask(csv(true, '"', '"'), null, fixed("a,\"b"), partial(0, 0));

        // Then
        assertThat(feed(mask, "id,email,note\n1,x,\"a\nb\"\n2,,\"\"\"\"\n3,\"\",\n"))
                .isEqualTo("id,email,note\n1,\"a,\"\"b\",\"...\"\n2,,\".\"\n3,\"a,\"\"b\",\n");
    }

    @Test
    void csvEscapeMayBeAnotherThanTheQuote() {
        // Given
        var mask = mask(csv(false, '\'', '\\'), fixed("it's \\"), null);

        // Then
        assertThat(feed(mask, "'a\\'b\\\\',2\n")).isEqualTo("'it\\'s \\\\',2\n");
    }

    @Test
    void shownValueThatReadsAsNullIsQuoted() {
        assertThat(feed(mask(csv(false, '"', '"'), fixed(""), null), "a,b\n")).isEqualTo("\"\",b\n");
    }

    @Test
    void binaryKeepsHeaderAndTrailer() {
        // Given
        var mask = mask(binary(), null, fixed("***"), NullMask.INSTANCE);
        ByteBuf stream = binaryHeader();
        tuple(stream, "1", "secret", "x");
        tuple(stream, "2", null, null);
        stream.writeShort(-1);
        ByteBuf expected = binaryHeader();
        tuple(expected, "1", "***", null);
        tuple(expected, "2", null, null);
        expected.writeShort(-1);

        // Then
        assertThat(feed(mask, stream.toString(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1))
                .isEqualTo(expected.toString(StandardCharsets.ISO_8859_1));
    }

    /** The second byte of ポ in Shift JIS, 83 7C, is a bar; that of 表, 95 5C, a backslash. */
    @Test
    void secondByteOfACharacterIsNoDelimiter() {
        // Given
        Charset sjis = Charset.forName("windows-31j");
        var clause = new CopyClause(
                CopyClause.Direction.TO,
                CopyClause.Target.STDOUT,
                CopyClause.Format.TEXT,
                false,
                '|',
                '"',
                '"',
                "\\N",
                "");
        var mask = CopyMask.of(
                clause,
                new ValueMask[] {null, new PartialMask(new Masking.Partial(1, 1, "*"), sjis)},
                sjis,
                ROW_BYTES_MAX);

        // Then
        assertThat(feed(mask, "ポ表|表ポポ表\n", sjis)).isEqualTo("ポ表|表**表\n");
    }

    @Test
    void rowOfOtherColumnsEndsIt() {
        assertThat(feed(mask(text(false), fixed("x"), null), "a\n")).isNull();
        assertThat(feed(mask(text(false), fixed("x"), null), "a\tb\tc\n")).isNull();
        assertThat(feed(mask(csv(false, '"', '"'), fixed("x"), null), "a\n")).isNull();
    }

    @Test
    void rowOverTheBoundEndsIt() {
        assertThat(feed(mask(text(false), fixed("x")), "a".repeat(ROW_BYTES_MAX + 1)))
                .isNull();
    }

    @Property(tries = 300)
    void anyChunkingGivesTheSame(@ForAll @Size(max = 8) List<@IntRange(min = 1, max = 9) Integer> pieces) {
        // Given
        String text = "1\tse\\\\cret\tx\n2\t\\N\ty\\\nz\n3\ta\\tb\tc\n".replace("\\\nz", "\\nz");
        String csv = "1,\"se\"\"cr\net\",x\n2,,\"y,\"\n3,\"\"\"\",c\n";
        ByteBuf tuples = binaryHeader();
        tuple(tuples, "1", "secret", "x");
        tuple(tuples, "2", null, "");
        tuples.writeShort(-1);
        String binary = tuples.toString(StandardCharsets.ISO_8859_1);

        // Then
        assertThat(inPieces(text(false), text, pieces)).isEqualTo(inPieces(text(false), text, List.of()));
        assertThat(inPieces(csv(false, '"', '"'), csv, pieces))
                .isEqualTo(inPieces(csv(false, '"', '"'), csv, List.of()));
        assertThat(inPieces(binary(), binary, pieces)).isEqualTo(inPieces(binary(), binary, List.of()));
    }

    private static @Nullable String inPieces(CopyClause clause, String stream, List<Integer> pieces) {
        var mask = mask(clause, null, partial(1, 1), null);
        StringBuilder all = new StringBuilder();
        int at = 0;
        for (int i = 0; at < stream.length(); i++) {
            int length = pieces.isEmpty() ? stream.length() : pieces.get(i % pieces.size());
            int to = Math.min(stream.length(), at + length);
            String out = feed(mask, stream.substring(at, to), StandardCharsets.ISO_8859_1);
            if (out == null) {
                return null;
            }
            all.append(out);
            at = to;
        }
        assertThat(mask.isBetweenRows()).isTrue();
        return all.toString();
    }

    private static @Nullable String feed(CopyMask mask, String stream) {
        return feed(mask, stream, StandardCharsets.UTF_8);
    }

    /** Without the headers of the CopyData messages; null where the mask gave up. */
    private static @Nullable String feed(CopyMask mask, String stream, Charset charset) {
        ByteBuf in = Unpooled.copiedBuffer(stream, charset);
        ByteBuf out = Unpooled.buffer();
        if (!mask.feed(in, 0, in.readableBytes(), out)) {
            return null;
        }
        StringBuilder rows = new StringBuilder();
        while (out.isReadable()) {
            assertThat(out.readByte()).isEqualTo((byte) 'd');
            int length = out.readInt() - Integer.BYTES;
            rows.append(out.readCharSequence(length, charset));
        }
        return rows.toString();
    }

    private static CopyMask mask(CopyClause clause, @Nullable ValueMask... masks) {
        return CopyMask.of(clause, masks, StandardCharsets.UTF_8, ROW_BYTES_MAX);
    }

    private static ValueMask partial(int first, int last) {
        return new PartialMask(new Masking.Partial(first, last, "."), StandardCharsets.UTF_8);
    }

    private static ValueMask fixed(String text) {
        return new FixedMask(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CopyClause text(boolean header) {
        return clause(CopyClause.Format.TEXT, header, '"', '"');
    }

    private static CopyClause csv(boolean header, char quote, char escape) {
        return clause(CopyClause.Format.CSV, header, quote, escape);
    }

    private static CopyClause binary() {
        return clause(CopyClause.Format.BINARY, false, '"', '"');
    }

    private static CopyClause clause(CopyClause.Format format, boolean header, char quote, char escape) {
        boolean csv = format == CopyClause.Format.CSV;
        return new CopyClause(
                CopyClause.Direction.TO,
                CopyClause.Target.STDOUT,
                format,
                header,
                csv ? ',' : '\t',
                quote,
                escape,
                csv ? "" : "\\N",
                "");
    }

    private static ByteBuf binaryHeader() {
        return Unpooled.buffer()
                .writeBytes("PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1))
                .writeInt(0)
                .writeInt(3)
                .writeBytes(new byte[] {9, 9, 9});
    }

    private static void tuple(ByteBuf out, @Nullable String... values) {
        out.writeShort(values.length);
        for (String value : values) {
            if (value == null) {
                out.writeInt(-1);
            } else {
                out.writeInt(value.length()).writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
    }
}
