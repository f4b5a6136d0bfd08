package io.pgweir.wire.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.pgweir.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values and texts as PostgreSQL 18 gave them: {@code format('%s', v)} and the type's own send function. */
class ValueTextTest {
    private static final List<Integer> TYPES = List.of(
            16, 17, 18, 19, 20, 21, 23, 25, 26, 28, 29, 114, 142, 650, 700, 701, 705, 774, 829, 869, 1042, 1043, 1082,
            1083, 1114, 1184, 1186, 1266, 1700, 1790, 2275, 2278, 2950, 3802, 5069, 1007, 1231, 1009, 99999);

    private static String text(int typeOid, byte[] value, boolean well) {
        var out = new StringBuilder("=");
        boolean read = ValueText.append(
                out, typeOid, 1, Bytes.lay(value, 0x55), Bytes.AT, value.length, StandardCharsets.UTF_8);
        assertThat(read).isEqualTo(well);
        return out.substring(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "16|01|t",
                "16|00|f",
                "17|00ff|\\x00ff",
                "18|61|a",
                "18|ff|\\377",
                "18|00|''",
                "21|8000|-32768",
                "23|7fffffff|2147483647",
                "20|8000000000000000|-9223372036854775808",
                "26|ffffffff|4294967295",
                "5069|ffffffffffffffff|18446744073709551615",
                "25|c3a4|ä",
                "25||''",
                "3802|017b7d|{}",
                "2950|a0eebc999c0b4ef8bb6d6bb9bd380a11|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "701|7ff8000000000000|NaN",
                "701|fff0000000000000|-Infinity",
                "701|8000000000000000|-0",
                "701|0000000000000001|5e-324",
                "701|7fefffffffffffff|1.7976931348623157e+308",
                "701|3fb999999999999a|0.1",
                "701|430c6bf526340000|1e+15",
                "701|42d6bcc41e900000|100000000000000",
                "701|3f1a36e2eb1c432d|0.0001",
                "701|3ee4f8b588e368f1|1e-05",
                "700|00000001|1e-45",
                "700|7f7fffff|3.4028235e+38",
                "700|49742400|1e+06",
                "700|47c35000|100000",
                "1700|0000000000000000|0",
                "1700|0000000000000005|0.00000",
                "1700|00000000c0000000|NaN",
                "1700|00000000d0000000|Infinity",
                "1700|00000000f0000000|-Infinity",
                "1700|0003000100000002000109291388|12345.50",
                "1700|0001ffff400000040001|-0.0001",
                "1700|0001fffe000000050bb8|0.00003",
                "1700|00010002000000000001|100000000",
                "1700|0000000040000002|0.00",
                "1082|00000000|2000-01-01",
                "1082|80000000|-infinity",
                "1082|7fffffff|infinity",
                "1082|fff4dbf8|0001-12-31 BC",
                "1082|ffda97a7|4714-11-24 BC",
                "1082|7fda970c|5874897-12-31",
                "1083|000000141dd76000|24:00:00",
                "1083|0000000000000001|00:00:00.000001",
                "1266|000000000000000000001c20|00:00:00-02",
                "1266|0000000000000000ffffb184|00:00:00+05:34:52",
                "1114|8000000000000000|-infinity",
                "1114|0000000000000001|2000-01-01 00:00:00.000001",
                "1184|ffffffffffffffff|1999-12-31 23:59:59.999999+00",
                "1184|7fffffffffffffff|infinity",
                "1186|00000000000000000000000000000000|00:00:00",
                "1186|ffffffffffffffff0000000000000000|-00:00:00.000001",
                "1186|00000000d693a400ffffffff0000000e|1 year 2 mons -1 days +01:00:00",
                "1186|7fffffffffffffff7fffffff7fffffff|infinity",
                "1186|80000000000000008000000080000000|-infinity",
                "869|0220000401020304|1.2.3.4",
                "869|0218000401020304|1.2.3.4/24",
                "650|022001040a000000|10.0.0.0/32",
                "869|0380001000000000000000000000000000000001|::1",
                "869|0380001000000000000000000000ffff01020304|::ffff:1.2.3.4",
                "869|0380001000000000000000000000000000000000|::",
                "869|0340001020010db8000000000000000000000001|2001:db8::1/64",
                "829|08002b010203|08:00:2b:01:02:03",
                "1007|000000000000000000000017|{}",
                "1007|00000001000000010000001700000002000000010000000400000007ffffffff|{7,NULL}",
                "1007|00000001000000000000001700000001000000000000000400000007|[0:0]={7}",
            })
    void binaryReadsAsPostgresPrints(int typeOid, String hex, String expected) {
        // Given
        byte[] value = ByteBufUtil.decodeHexDump(hex == null ? "" : hex);

        // Then
        assertThat(text(typeOid, value, true)).isEqualTo(expected);
    }

    @Test
    void elementsThatNeedQuotesGetThem() {
        // Given
        Bytes array = Bytes.of().int32(2, 0, 25).int32(2, 1, 4, 1);
        for (String element : List.of("", "null", "a b", "a,b", "{", "\"", "\\", "plain")) {
            array.int32(element.length()).text(element);
        }

        // Then
        assertThat(text(1009, array.array(), true))
                .isEqualTo("{{\"\",\"null\",\"a b\",\"a,b\"},{\"{\",\"\\\"\",\"\\\\\",plain}}");
    }

    @ParameterizedTest
    @CsvSource({
        "16,''",
        "16,0101",
        "23,0000",
        "20,00",
        "701,00",
        "3802,''",
        "3802,02",
        "2950,00",
        "1700,00",
        "1700,0001000000000000",
        "1700,00010000000000002710",
        "1700,0000000012340000",
        "1700,0000000000004000",
        "1082,7fffff00",
        "1083,ffffffffffffffff",
        "1083,000000141dd76001",
        "1266,00000000000000000000e100",
        "1114,7ffffffffffffffe",
        "869,0421000401020304",
        "869,0221000401020304",
        "869,022000050102030405",
        "869,0220",
        "1007,00",
        "1007,000000070000000000000017",
        "1007,000000010000000200000017",
        "1007,00000001000000000000001700000001000000017fffffff",
        "1007,0000000100000000000000177fffffff00000001",
        "1007,000000010000000000000017ffffffff00000001",
        "1007,00000000000000000000001700",
        "1007,000000010000000000000017000000017fffffff00000000",
        "1007,0000000100000000000003ef00000001000000010000000c000000000000000000000017",
        "600,00000000000000000000000000000000",
        "99999,01"
    })
    void whatDoesNotFitOrIsUnknownIsHex(int typeOid, String hex) {
        assertThat(text(typeOid, ByteBufUtil.decodeHexDump(hex), false)).isEqualTo("\\x" + hex);
    }

    @Test
    void formatsThatDoNotExistAreHex() {
        // Given
        var out = new StringBuilder();

        // When
        boolean read = ValueText.append(out, 23, 2, Bytes.lay(new byte[4], 0), Bytes.AT, 4, StandardCharsets.UTF_8);

        // Then
        assertThat(read).isFalse();
        assertThat(out).hasToString("\\x00000000");
    }

    @Test
    void textFormatIsAsSent() {
        // Given
        byte[] value = {(byte) 0xe4};
        var out = new StringBuilder();

        // When
        boolean read = ValueText.append(out, 600, 0, Bytes.lay(value, 0), Bytes.AT, 1, StandardCharsets.ISO_8859_1);

        // Then
        assertThat(read).isTrue();
        assertThat(out).hasToString("ä");
    }

    @Property(tries = 3000)
    void anyBytesOfAnyTypeAreTextOrHex(@ForAll @Size(max = 40) byte[] value) {
        for (int typeOid : TYPES) {
            var open = new StringBuilder();
            var between = new StringBuilder();
            boolean read = ValueText.append(
                    open, typeOid, 1, Bytes.lay(value, 0), Bytes.AT, value.length, StandardCharsets.UTF_8);
            ValueText.append(
                    between, typeOid, 1, Bytes.layBetween(value, 0x77), Bytes.AT, value.length, StandardCharsets.UTF_8);
            assertThat(between).hasToString(open.toString());
            if (!read) {
                assertThat(open).hasToString("\\x" + ByteBufUtil.hexDump(value));
            }
        }
    }

    @Test
    void builtInTypesHaveNames() {
        assertThat(PgType.name(23)).isEqualTo("int4");
        assertThat(PgType.name(1007)).isEqualTo("_int4");
        assertThat(PgType.name(3802)).isEqualTo("jsonb");
        assertThat(PgType.name(6157)).isEqualTo("_int8multirange");
        assertThat(PgType.name(16384)).isEqualTo("oid:16384");
        assertThat(PgType.name(-1)).isEqualTo("oid:4294967295");
    }
}
