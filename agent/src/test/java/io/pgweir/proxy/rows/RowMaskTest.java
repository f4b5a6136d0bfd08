package io.pgweir.proxy.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgweir.rules.Masking;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowMaskTest {
    private static final ValueMask FIXED = new FixedMask("***".getBytes(StandardCharsets.UTF_8));
    private static final ValueMask PARTIAL = new PartialMask(new Masking.Partial(1, 1, "."), StandardCharsets.UTF_8);

    @Test
    void maskedColumnsAreWrittenAnewAndOthersAsTheyCame() {
        // Given
        var mask = new RowMask(new ValueMask[] {null, FIXED, null, PARTIAL, NullMask.INSTANCE, null});

        // Then
        assertThat(masked(mask, "id", "secret", null, "abcdef", "x", "last"))
                .isEqualTo(row("id", "***", null, "a....f", null, "last"));
    }

    @Test
    void nullStaysNull() {
        // Given
        var mask = new RowMask(new ValueMask[] {FIXED, PARTIAL, NullMask.INSTANCE});

        // Then
        assertThat(masked(mask, null, null, null)).isEqualTo(row(null, null, null));
    }

    @Test
    void emptyValueIsNoNull() {
        assertThat(masked(new RowMask(new ValueMask[] {PARTIAL}), "")).isEqualTo(row(""));
    }

    @Test
    void rowOfOtherColumnsIsNotShown() {
        assertThat(masked(new RowMask(new ValueMask[] {FIXED}), "a", "b")).isEqualTo("refused");
    }

    /** A length that points outside of the row must never make pgweir show what it cannot find. */
    @Test
    void rowThatDoesNotAddUpIsNotShown() {
        // Given
        var mask = new RowMask(new ValueMask[] {null, FIXED});
        ByteBuf row = rowBytes("abc", "def");
        ByteBuf out = Unpooled.buffer();

        // When
        for (int length = 0; length < row.readableBytes() - 5 - "def".length(); length++) {
            assertThat(mask.write(row, 5, length, out)).isFalse();
        }
        row.setInt(7, -2);
        boolean negative = mask.write(row, 5, row.readableBytes() - 5, out);
        row.setInt(7, Integer.MAX_VALUE);
        boolean beyond = mask.write(row, 5, row.readableBytes() - 5, out);

        // Then
        assertThat(negative).isFalse();
        assertThat(beyond).isFalse();
        assertThat(out.isReadable()).isFalse();
    }

    private static String masked(RowMask mask, @Nullable String... values) {
        ByteBuf in = rowBytes(values);
        ByteBuf out = Unpooled.buffer();
        return mask.write(in, 5, in.readableBytes() - 5, out) ? ByteBufUtil.hexDump(out) : "refused";
    }

    private static String row(@Nullable String... values) {
        return ByteBufUtil.hexDump(rowBytes(values));
    }

    private static ByteBuf rowBytes(@Nullable String... values) {
        ByteBuf row = Unpooled.buffer().writeByte('D').writeInt(0).writeShort(values.length);
        for (String value : values) {
            if (value == null) {
                row.writeInt(-1);
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                row.writeInt(bytes.length).writeBytes(bytes);
            }
        }
        return row.setInt(1, row.readableBytes() - 1);
    }
}
