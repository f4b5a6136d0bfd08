package io.pgweir.proxy.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgweir.rules.Masking;
import io.pgweir.wire.value.PgType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueMasksTest {
    private static final byte[] KEY = "a key of some bytes".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource({
        "4, 0, 4111111111111111, 4111************",
        "0, 4, 4111111111111111, ************1111",
        "2, 2, häßliche, hä****he",
        "2, 2, 'a\uD83D\uDE00c\uD83D\uDE00efgh', 'a\uD83D\uDE00****gh'",
        "2, 2, abcdefg, *******",
        "2, 2, abc, ***",
        "2, 2, abcdefgh, ab****gh",
        "0, 0, secret, ******",
        "3, 0, '', ''",
    })
    void partShowsFirstAndLast(int first, int last, String value, String expected) {
        // Given
        var how = new Masking.Partial(first, last, "*");

        // Then
        assertThat(text(how, value, StandardCharsets.UTF_8)).isEqualTo(expected);
        if (StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
            assertThat(text(how, value, StandardCharsets.ISO_8859_1)).isEqualTo(expected);
        }
        if (Charset.forName("GB18030").newEncoder().canEncode(value)) {
            assertThat(text(how, value, Charset.forName("GB18030"))).isEqualTo(expected);
        }
    }

    @Test
    void fillMayHaveManyBytes() {
        assertThat(text(new Masking.Partial(1, 0, "•"), "abc", StandardCharsets.UTF_8))
                .isEqualTo("a••");
    }

    @Test
    void hashIsEqualForEqualValuesWhateverTheEncoding() {
        // Given
        var how = new Masking.Hash();

        // When
        String utf8 = text(how, "zoë@example.org", StandardCharsets.UTF_8);

        // Then
        assertThat(utf8).matches("[0-9a-f]{32}");
        assertThat(text(how, "zoë@example.org", StandardCharsets.ISO_8859_1)).isEqualTo(utf8);
        assertThat(text(how, "zoe@example.org", StandardCharsets.UTF_8)).isNotEqualTo(utf8);
    }

    /** RFC 4231, test case 2. */
    @Test
    void hashIsHmacSha256() {
        // Given
        var masks = new ValueMasks("Jefe".getBytes(StandardCharsets.UTF_8));

        // When
        var mask = masks.of(new Masking.Hash(), PgType.TEXT, true, 0, StandardCharsets.UTF_8);

        // Then
        assertThat(apply(mask, "what do ya want for nothing?", StandardCharsets.UTF_8))
                .isEqualTo("5bdcc146bf60754e6a042426089575c7");
    }

    @ParameterizedTest
    @CsvSource({
        "23, 0, 00000000",
        "23, -1, ffffffff",
        "21, 7, 0007",
        "20, 1, 0000000000000001",
        "16, t, 01",
        "16, f, 00",
        "701, 1.5, 3ff8000000000000",
        "1082, 2000-01-02, 00000001",
        "2950, 00000000-0000-0000-0000-00000000000a, 0000000000000000000000000000000a",
        "3802, {}, 017b7d",
    })
    void fixedIsAValueOfTheColumnsType(int type, String fixed, String hex) {
        // Given
        var how = new Masking.Fixed(fixed);
        var masks = new ValueMasks(KEY);

        // Then
        assertThat(apply(masks.of(how, type, false, 0, StandardCharsets.UTF_8), "x", StandardCharsets.UTF_8))
                .isEqualTo(fixed);
        ByteBuf out = Unpooled.buffer();
        assertThat(masks.of(how, type, false, 1, StandardCharsets.UTF_8).write(Unpooled.EMPTY_BUFFER, 0, 0, out))
                .isTrue();
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "23, hidden",
        "21, 70000",
        "16, maybe",
        "1082, someday",
        "2950, 1-1-1-1-1",
        "1700, 1",
        "17, x",
        "99999, x"
    })
    void fixedThatIsNoValueOfTheTypeShowsNull(int type, String fixed) {
        // Given
        var masks = new ValueMasks(KEY);

        // Then
        for (int format = 0; format <= 1; format++) {
            assertThat(masks.of(new Masking.Fixed(fixed), type, false, format, StandardCharsets.UTF_8))
                    .isSameAs(NullMask.INSTANCE);
        }
    }

    private static @Nullable String text(Masking how, String value, Charset charset) {
        return apply(new ValueMasks(KEY).of(how, PgType.TEXT, true, 0, charset), value, charset);
    }

    private static @Nullable String apply(ValueMask mask, String value, Charset charset) {
        ByteBuf in = Unpooled.copiedBuffer("before" + value + "behind", charset);
        int at = "before".length();
        ByteBuf out = Unpooled.buffer();
        return mask.write(in, at, value.getBytes(charset).length, out) ? out.toString(charset) : null;
    }
}
