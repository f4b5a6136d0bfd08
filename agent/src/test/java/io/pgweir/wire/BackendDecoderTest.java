package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendDecoderTest {
    private static final Bytes ERROR = Bytes.of()
            .text("S")
            .string("FEHLER")
            .text("V")
            .string("ERROR")
            .text("C")
            .string("23505")
            .text("M")
            .string("doppelt")
            .text("D")
            .string("Key (a)=(1)")
            .text("H")
            .string("try")
            .text("P")
            .string("15")
            .text("s")
            .string("public")
            .text("t")
            .string("orders")
            .text("c")
            .string("id")
            .text("d")
            .string("int4")
            .text("n")
            .string("orders_pkey")
            .text("F")
            .string("nbtinsert.c")
            .text("L")
            .string("666")
            .text("R")
            .string("_bt_check_unique")
            .int8(0);
    private static final Bytes ROWS = Bytes.of()
            .int16(1)
            .string("a")
            .int32(1259)
            .int16(2)
            .int32(23)
            .int16(4)
            .int32(-1)
            .int16(1);

    /** A whole body of every type of which no part is whole. */
    static final List<Sample> SAMPLES = List.of(
            new Sample('R', Bytes.of().int32(0)),
            new Sample('R', Bytes.of().int32(3)),
            new Sample('R', Bytes.of().int32(5, 0x01020304)),
            new Sample(
                    'R',
                    Bytes.of()
                            .int32(10)
                            .string("SCRAM-SHA-256-PLUS")
                            .string("SCRAM-SHA-256")
                            .int8(0)),
            new Sample('K', Bytes.of().int32(4711, 42)),
            new Sample('C', Bytes.of().string("SELECT 1")),
            new Sample('G', Bytes.of().int8(0).int16(2, 0, 0)),
            new Sample('H', Bytes.of().int8(1).int16(2, 1, 1)),
            new Sample('W', Bytes.of().int8(0).int16(0)),
            new Sample('D', Bytes.of().int16(2).int32(-1).int32(2).text("hi")),
            new Sample('E', ERROR),
            new Sample('N', ERROR),
            new Sample('V', Bytes.of().int32(4, 7)),
            new Sample('V', Bytes.of().int32(-1)),
            new Sample('v', Bytes.of().int32(196610, 2).string("_pq_.a").string("_pq_.b")),
            new Sample('A', Bytes.of().int32(4711).string("channel").string("payload")),
            new Sample('t', Bytes.of().int16(2).int32(23, 25)),
            new Sample('S', Bytes.of().string("TimeZone").string("UTC")),
            new Sample('Z', Bytes.of().text("I")),
            new Sample('T', ROWS));

    record Sample(byte type, byte[] body) {
        Sample(char type, Bytes body) {
            this((byte) type, body.array());
        }

        @Override
        public String toString() {
            return (char) type + " of " + body.length;
        }
    }

    private final BackendDecoder decoder = new BackendDecoder();

    private BackendMessage decode(char type, Bytes body) {
        byte[] bytes = body.array();
        return decoder.decode((byte) type, Bytes.lay(bytes, 0xEE), Bytes.AT, bytes.length);
    }

    private String fault(char type, Bytes body) {
        BackendMessage message = decode(type, body);
        assertThat(message).isInstanceOf(BackendMessage.Malformed.class);
        return ((BackendMessage.Malformed) message).reason();
    }

    @ParameterizedTest
    @FieldSource("SAMPLES")
    void bodyCutAtAnyByteIsMalformed(Sample sample) {
        for (int length = 0; length < sample.body().length; length++) {
            for (int poison : new int[] {0, 0xFF, 'x'}) {
                // Given
                ByteBuf buffer = Bytes.layBetween(sample.body(), poison);

                // When
                BackendMessage message = decoder.decode(sample.type(), buffer, Bytes.AT, length);

                // Then
                assertThat(message).as("%s cut to %d", sample, length).isInstanceOf(BackendMessage.Malformed.class);
                assertThat(buffer.readerIndex()).isZero();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SAMPLES")
    void wholeBodyReadsAndOneByteMoreDoesNot(Sample sample) {
        // Given
        byte[] longer = Arrays.copyOf(sample.body(), sample.body().length + 1);

        // When
        BackendMessage whole =
                decoder.decode(sample.type(), Bytes.lay(sample.body(), 0), Bytes.AT, sample.body().length);
        BackendMessage more = decoder.decode(sample.type(), Bytes.lay(longer, 0), Bytes.AT, longer.length);

        // Then
        assertThat(whole).isNotInstanceOf(BackendMessage.Malformed.class);
        // A cancel key may have any length from 4 to 256.
        assertThat(more instanceof BackendMessage.Malformed).isEqualTo(sample.type() != 'K');
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', 'n', 's', 'I', 'c'})
    void bodylessMessagesHaveNoBody(char type) {
        assertThat(decode(type, Bytes.of()))
                .isNotInstanceOfAny(BackendMessage.Malformed.class, BackendMessage.Unknown.class)
                .isSameAs(decode(type, Bytes.of()));
        assertThat(fault(type, Bytes.of().int8(0))).isEqualTo("bytes left: 1 (expected: 0), offset 0");
    }

    @Test
    void errorShowsTheFieldsThatSomethingReads() {
        // When
        BackendMessage message = decode('E', ERROR);

        // Then
        assertThat(message)
                .isEqualTo(new BackendMessage.ErrorResponse(new ErrorFields(
                        "ERROR",
                        "23505",
                        "doppelt",
                        "Key (a)=(1)",
                        "try",
                        15,
                        "public",
                        "orders",
                        "id",
                        "int4",
                        "orders_pkey")));
    }

    @Test
    void errorOfALesserPeerHasEmptyFields() {
        // When
        BackendMessage message = decode(
                'N', Bytes.of().text("S").string("FATAL").text("?").string("x").int8(0));

        // Then
        ErrorFields fields = ((BackendMessage.NoticeResponse) message).fields();
        assertThat(fields).isEqualTo(new ErrorFields("FATAL", "", "", null, null, 0, null, null, null, null, null));
        assertThat(fields.isFatal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "12345678901"})
    void errorPositionThatIsNoNumberIsZero(String position) {
        // When
        BackendMessage message =
                decode('E', Bytes.of().text("P").string(position).int8(0));

        // Then
        assertThat(((BackendMessage.ErrorResponse) message).fields().position()).isZero();
    }

    @Test
    void authenticationTellsCodeAndMechanisms() {
        assertThat(decode('R', Bytes.of().int32(0))).isEqualTo(new BackendMessage.Authentication(0, List.of()));
        assertThat(decode('R', Bytes.of().int32(5, 1))).isEqualTo(new BackendMessage.Authentication(5, List.of()));
        assertThat(decode('R', Bytes.of().int32(11).text("r=...")))
                .isEqualTo(new BackendMessage.Authentication(11, List.of()));
        assertThat(decode('R', Bytes.of().int32(10).string("A").string("B").int8(0)))
                .isEqualTo(new BackendMessage.Authentication(10, List.of("A", "B")));
    }

    @Test
    void cancelKeysHave4To256Bytes() {
        assertThat(((BackendMessage.BackendKeyData)
                                decode('K', Bytes.of().int32(7).int32(1, 2)))
                        .key())
                .containsExactly(0, 0, 0, 1, 0, 0, 0, 2);
        assertThat(((BackendMessage.BackendKeyData)
                                decode('K', Bytes.of().int32(7).int32(new int[64])))
                        .key())
                .hasSize(256);
        assertThat(fault('K', Bytes.of().int32(7).int32(new int[64]).int8(0)))
                .isEqualTo("cancel key length: 257 (expected: 4 to 256), offset 4");
    }

    @Test
    void rowIsCheckedToItsLastByte() {
        // When
        BackendMessage message =
                decode('D', Bytes.of().int16(3).int32(-1).int32(2).text("hi").int32(0));

        // Then
        RowView row = ((BackendMessage.DataRow) message).row();
        assertThat(row.columns()).isEqualTo(3);
        assertThat(row.length(0)).isEqualTo(-1);
        assertThat(row.length(2)).isZero();
        assertThat(row.buffer().toString(row.offset(1), row.length(1), StandardCharsets.UTF_8))
                .isEqualTo("hi");
        assertThat(fault('D', Bytes.of().int16(1).int32(2).text("hi!")))
                .isEqualTo("bytes left: 1 (expected: 0), offset 8");
        assertThat(fault('D', Bytes.of().int16(1).int32(4).text("hi!")))
                .isEqualTo("bytes left: 3 (expected: 4), offset 6");
        assertThat(fault('D', Bytes.of().int16(65535)))
                .isEqualTo("bytes left: 0 (expected: at least 262140 for a count of 65535), offset 2");
    }

    @Test
    void descriptionsShowColumnsAndTypes() {
        assertThat(decode('T', ROWS))
                .isEqualTo(new BackendMessage.RowDescription(
                        List.of(new BackendMessage.Column("a", 1259, 2, 23, 4, -1, 1))));
        assertThat(decode('T', Bytes.of().int16(0))).isEqualTo(new BackendMessage.RowDescription(List.of()));
        assertThat(((BackendMessage.ParameterDescription)
                                decode('t', Bytes.of().int16(2).int32(23, 25)))
                        .types())
                .containsExactly(23, 25);
        assertThat(fault('T', Bytes.of().int16(9).int32(1)))
                .isEqualTo("bytes left: 4 (expected: at least 171 for a count of 9), offset 2");
    }

    @Test
    void smallMessagesReadAsTheirRecords() {
        assertThat(decode('C', Bytes.of().string("INSERT 0 5")))
                .isEqualTo(new BackendMessage.CommandComplete("INSERT 0 5"));
        assertThat(decode('A', Bytes.of().int32(1).string("c").string("p")))
                .isEqualTo(new BackendMessage.NotificationResponse(1, "c", "p"));
        assertThat(decode('S', Bytes.of().string("a").string("b")))
                .isEqualTo(new BackendMessage.ParameterStatus("a", "b"));
        assertThat(decode('G', Bytes.of().int8(0).int16(1, 0)))
                .isEqualTo(new BackendMessage.CopyInResponse(CopyFormat.TEXT, 1));
        assertThat(decode('H', Bytes.of().int8(1).int16(2, 1, 1)))
                .isEqualTo(new BackendMessage.CopyOutResponse(CopyFormat.BINARY, 2));
        assertThat(decode('W', Bytes.of().int8(0).int16(0)))
                .isEqualTo(new BackendMessage.CopyBothResponse(CopyFormat.TEXT, 0));
        assertThat(decode('V', Bytes.of().int32(2).text("ok"))).isEqualTo(new BackendMessage.FunctionCallResponse(2));
        assertThat(decode('v', Bytes.of().int32(196610, 1).string("_pq_.x")))
                .isEqualTo(new BackendMessage.NegotiateProtocolVersion(196610, List.of("_pq_.x")));
        assertThat(((BackendMessage.CopyData) decode('d', Bytes.of().text("row")))
                        .body()
                        .length())
                .isEqualTo(3);
        assertThat(decode('~', Bytes.of().int8(1))).isEqualTo(new BackendMessage.Unknown((byte) '~', 1));
    }

    @Test
    void readyForQueryHasThreeConstants() {
        assertThat(decode('Z', Bytes.of().text("I")))
                .isEqualTo(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE))
                .isSameAs(decode('Z', Bytes.of().text("I")));
        assertThat(decode('Z', Bytes.of().text("T")))
                .isEqualTo(new BackendMessage.ReadyForQuery(TransactionStatus.IN_TRANSACTION));
        assertThat(decode('Z', Bytes.of().text("E")))
                .isEqualTo(new BackendMessage.ReadyForQuery(TransactionStatus.FAILED));
        assertThat(fault('Z', Bytes.of().text("X"))).startsWith("transaction status: 88 (expected: 'I', 'T' or 'E')");
    }

    @Test
    void copyFormatsAndOptionCountsBeyondTheManualAreRefused() {
        assertThat(fault('G', Bytes.of().int8(2).int16(0))).startsWith("copy format: 2 (expected: 0 or 1)");
        assertThat(fault('v', Bytes.of().int32(196610, -1))).startsWith("option count: -1 (expected: 0 or more)");
        assertThat(fault('v', Bytes.of().int32(196610, Integer.MAX_VALUE)))
                .startsWith("bytes left: 0 (expected: at least 2147483647");
    }

    @Test
    void headOfAnErrorTellsTheFieldsThatItHolds() {
        // Given
        byte[] body = ERROR.array();

        for (int seen = 0; seen < body.length; seen++) {
            // When
            BackendMessage message = decoder.decodeHead((byte) 'E', Bytes.lay(body, 0), Bytes.AT, seen, body.length);

            // Then
            ErrorFields fields = ((BackendMessage.ErrorResponse) message).fields();
            assertThat("ERROR").startsWith(seen < 14 ? "" : fields.severity());
            assertThat("23505").startsWith(fields.sqlState());
            assertThat("doppelt").startsWith(fields.message());
        }
        assertThat(decoder.decodeHead((byte) 'N', Bytes.lay(body, 0), Bytes.AT, body.length, body.length))
                .isInstanceOf(BackendMessage.NoticeResponse.class);
    }

    @Test
    void headOfAnyOtherMessageIsMalformed() {
        assertThat(decoder.decodeHead((byte) 'T', Bytes.lay(new byte[9], 0), Bytes.AT, 9, 99))
                .isEqualTo(new BackendMessage.Malformed((byte) 'T', 99, "body length: 99 (expected: at most 9)"));
        assertThat(decoder.decodeHead((byte) '~', Bytes.lay(new byte[9], 0), Bytes.AT, 9, 99))
                .isEqualTo(new BackendMessage.Unknown((byte) '~', 99));
    }
}
