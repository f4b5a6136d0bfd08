package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class FrontendDecoderTest {
    private static final Bytes BIND = Bytes.of()
            .string("cursor")
            .string("stmt")
            .int16(2, 0, 1)
            .int16(2)
            .int32(2)
            .text("hi")
            .int32(-1)
            .int16(1, 1);
    private static final Bytes FUNCTION_CALL = Bytes.of()
            .int32(952)
            .int16(1, 1)
            .int16(2)
            .int32(4)
            .int32(7)
            .int32(-1)
            .int16(1);

    /** A whole body of every type of which no part is whole. */
    static final List<Sample> SAMPLES = List.of(
            new Sample('B', BIND),
            new Sample('B', Bytes.of().string("").string("").int16(0, 0, 0)),
            new Sample('C', Bytes.of().text("S").string("stmt")),
            new Sample('D', Bytes.of().text("P").string("cursor")),
            new Sample('E', Bytes.of().string("cursor").int32(10)),
            new Sample('F', FUNCTION_CALL),
            new Sample(
                    'P', Bytes.of().string("stmt").string("select $1").int16(2).int32(23, 0)),
            new Sample('Q', Bytes.of().string("select 1")),
            new Sample('f', Bytes.of().string("given up")));

    record Sample(byte type, byte[] body) {
        Sample(char type, Bytes body) {
            this((byte) type, body.array());
        }

        @Override
        public String toString() {
            return (char) type + " of " + body.length;
        }
    }

    private final FrontendDecoder decoder = new FrontendDecoder();

    private FrontendMessage decode(char type, Bytes body) {
        byte[] bytes = body.array();
        return decoder.decode((byte) type, Bytes.lay(bytes, 0xEE), Bytes.AT, bytes.length);
    }

    private String fault(char type, Bytes body) {
        FrontendMessage message = decode(type, body);
        assertThat(message).isInstanceOf(FrontendMessage.Malformed.class);
        return ((FrontendMessage.Malformed) message).reason();
    }

    @ParameterizedTest
    @FieldSource("SAMPLES")
    void bodyCutAtAnyByteIsMalformed(Sample sample) {
        for (int length = 0; length < sample.body().length; length++) {
            for (int poison : new int[] {0, 0xFF, 'x'}) {
                // Given
                ByteBuf buffer = Bytes.layBetween(sample.body(), poison);

                // When
                FrontendMessage message = decoder.decode(sample.type(), buffer, Bytes.AT, length);

                // Then
                assertThat(message).as("%s cut to %d", sample, length).isInstanceOf(FrontendMessage.Malformed.class);
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
        FrontendMessage whole =
                decoder.decode(sample.type(), Bytes.lay(sample.body(), 0), Bytes.AT, sample.body().length);
        FrontendMessage more = decoder.decode(sample.type(), Bytes.lay(longer, 0), Bytes.AT, longer.length);

        // Then
        assertThat(whole).isNotInstanceOf(FrontendMessage.Malformed.class);
        // PostgreSQL does not look behind the reason of a CopyFail.
        assertThat(more instanceof FrontendMessage.Malformed).isEqualTo(sample.type() != 'f');
    }

    @Test
    void bindShowsNamesFormatsAndValues() {
        // When
        FrontendMessage message = decode('B', BIND);

        // Then
        BindView bind = ((FrontendMessage.Bind) message).body();
        assertThat(bind.portal()).isEqualTo("cursor");
        assertThat(bind.statement()).isEqualTo("stmt");
        assertThat(bind.parameters()).isEqualTo(2);
        assertThat(bind.format(0)).isZero();
        assertThat(bind.format(1)).isEqualTo(1);
        assertThat(bind.length(0)).isEqualTo(2);
        assertThat(bind.length(1)).isEqualTo(-1);
        assertThat(bind.buffer().toString(bind.offset(0), bind.length(0), StandardCharsets.UTF_8))
                .isEqualTo("hi");
    }

    @Test
    void bindWithOneFormatMeansItForAll() {
        // When
        FrontendMessage message = decode(
                'B',
                Bytes.of().string("").string("").int16(1, 1, 2).int32(-1, -1).int16(0));

        // Then
        BindView bind = ((FrontendMessage.Bind) message).body();
        assertThat(bind.format(0)).isEqualTo(1);
        assertThat(bind.format(1)).isEqualTo(1);
    }

    @Test
    void bindTakes65535Parameters() {
        // Given
        Bytes body = Bytes.of().string("").string("").int16(0, 65535);
        for (int i = 0; i < 65535; i++) {
            body.int32(-1);
        }

        // When
        FrontendMessage message = decode('B', body.int16(0));

        // Then
        BindView bind = ((FrontendMessage.Bind) message).body();
        assertThat(bind.parameters()).isEqualTo(65535);
        assertThat(bind.length(65534)).isEqualTo(-1);
    }

    @Test
    void bindSaysWhatWasFoundAndExpectedAndWhere() {
        assertThat(fault('B', Bytes.of().string("").string("").int16(0, 65535)))
                .isEqualTo("bytes left: 0 (expected: at least 262140 for a count of 65535), offset 6");
        assertThat(fault(
                        'B',
                        Bytes.of().string("").string("").int16(0, 1).int32(-2).int16(0)))
                .isEqualTo("value length: -2 (expected: -1 or more), offset 10");
        assertThat(fault(
                        'B',
                        Bytes.of().string("").string("").int16(0, 1).int32(3).int16(0)))
                .isEqualTo("bytes left: 2 (expected: 3), offset 10");
        assertThat(fault(
                        'B',
                        Bytes.of()
                                .string("")
                                .string("")
                                .int16(2, 0, 0, 1)
                                .int32(-1)
                                .int16(0)))
                .isEqualTo("format codes: 2 (expected: 0, 1 or 1), offset 10");
        assertThat(fault('B', Bytes.of().string("").text("no end")))
                .isEqualTo("bytes left: 6 without a zero byte (expected: String), offset 1");
    }

    @Test
    void functionCallShowsFunctionAndArguments() {
        // When
        FrontendMessage message = decode('F', FUNCTION_CALL);

        // Then
        FunctionCallView call = ((FrontendMessage.FunctionCall) message).body();
        assertThat(call.functionOid()).isEqualTo(952);
        assertThat(call.arguments()).isEqualTo(2);
        assertThat(call.format(1)).isEqualTo(1);
        assertThat(call.length(0)).isEqualTo(4);
        assertThat(call.buffer().getInt(call.offset(0))).isEqualTo(7);
        assertThat(call.length(1)).isEqualTo(-1);
    }

    @Test
    void smallMessagesReadAsTheirRecords() {
        assertThat(decode('Q', Bytes.of().string("select 'ä'"))).isEqualTo(new FrontendMessage.Query("select 'ä'"));
        assertThat(decode('Q', Bytes.of().string(""))).isEqualTo(new FrontendMessage.Query(""));
        assertThat(decode('E', Bytes.of().string("").int32(0))).isEqualTo(new FrontendMessage.Execute("", 0));
        assertThat(decode('E', Bytes.of().string("c").int32(9))).isEqualTo(new FrontendMessage.Execute("c", 9));
        assertThat(decode('C', Bytes.of().text("S").string("s")))
                .isEqualTo(new FrontendMessage.Close(FrontendMessage.Target.STATEMENT, "s"));
        assertThat(decode('D', Bytes.of().text("P").string("")))
                .isEqualTo(new FrontendMessage.Describe(FrontendMessage.Target.PORTAL, ""));
        assertThat(decode('f', Bytes.of().string("no"))).isEqualTo(new FrontendMessage.CopyFail("no"));
        assertThat(decode('S', Bytes.of())).isSameAs(FrontendMessage.Sync.INSTANCE);
        assertThat(decode('H', Bytes.of())).isSameAs(FrontendMessage.Flush.INSTANCE);
        assertThat(decode('c', Bytes.of())).isSameAs(FrontendMessage.CopyDone.INSTANCE);
        assertThat(decode('X', Bytes.of())).isSameAs(FrontendMessage.Terminate.INSTANCE);
        assertThat(decode('!', Bytes.of().int8(1))).isEqualTo(new FrontendMessage.Unknown((byte) '!', 1));
        var parse = (FrontendMessage.Parse)
                decode('P', Bytes.of().string("s").string("select $1").int16(1).int32(23));
        assertThat(parse.name()).isEqualTo("s");
        assertThat(parse.sql()).isEqualTo("select $1");
        assertThat(parse.parameterTypes()).containsExactly(23);
    }

    @Test
    void bodylessMessagesWithABodyAreWhatPostgresMakesOfThem() {
        assertThat(fault('S', Bytes.of().int8(0))).isEqualTo("bytes left: 1 (expected: 0), offset 0");
        assertThat(fault('H', Bytes.of().int8(0))).isEqualTo("bytes left: 1 (expected: 0), offset 0");
        assertThat(decode('c', Bytes.of().int8(0))).isSameAs(FrontendMessage.CopyDone.INSTANCE);
        assertThat(decode('X', Bytes.of().int8(0))).isSameAs(FrontendMessage.Terminate.INSTANCE);
    }

    @Test
    void targetsOtherThanStatementAndPortalAreRefused() {
        assertThat(fault('D', Bytes.of().text("x").string("s"))).startsWith("subtype: 120 (expected: 'S' or 'P')");
        assertThat(fault('C', Bytes.of().text("p").string("s"))).startsWith("subtype: 112 (expected: 'S' or 'P')");
    }

    @Test
    void copyDataIsTheBodyWhereItLies() {
        // When
        FrontendMessage message = decode('d', Bytes.of().text("1\tx\n"));

        // Then
        BodyView body = ((FrontendMessage.CopyData) message).body();
        assertThat(body.offset()).isEqualTo(Bytes.AT);
        assertThat(body.length()).isEqualTo(4);
    }

    @Test
    void passwordsStayUnread() {
        assertThat(decode('p', Bytes.of().string("secret"))).isEqualTo(new FrontendMessage.Authentication(7));
    }

    @Test
    void mechanismIsReadOnceAfterSaslWasOffered() {
        // Given
        Bytes first = Bytes.of().string("SCRAM-SHA-256").int32(3).text("n,,");
        decoder.saslOffered(true);

        // When
        FrontendMessage initial = decode('p', first);
        FrontendMessage next = decode('p', Bytes.of().text("c=biws"));

        // Then
        assertThat(initial).isEqualTo(new FrontendMessage.SaslInitialResponse("SCRAM-SHA-256", 21));
        assertThat(next).isEqualTo(new FrontendMessage.Authentication(6));
    }

    @Test
    void saslInitialResponseMayBeWithoutData() {
        // Given
        decoder.saslOffered(true);

        // When
        FrontendMessage initial = decode('p', Bytes.of().string("OAUTHBEARER").int32(-1));

        // Then
        assertThat(initial).isEqualTo(new FrontendMessage.SaslInitialResponse("OAUTHBEARER", 16));
    }

    @Test
    void textsFollowTheClientEncoding() {
        // Given
        decode('E', Bytes.of().bytes(0x95, 0x5c, 0).int32(1));
        decoder.charset(PgCharset.of("SJIS"));

        // When
        FrontendMessage query = decode('Q', Bytes.of().bytes(0x95, 0x5c, 0));
        FrontendMessage execute = decode('E', Bytes.of().bytes(0x95, 0x5c, 0).int32(1));

        // Then
        assertThat(query).isEqualTo(new FrontendMessage.Query("表"));
        assertThat(execute).isEqualTo(new FrontendMessage.Execute("表", 1));
    }

    @Test
    void headOfAQueryEndsAtAWholeCharacter() {
        // Given
        byte[] body = Bytes.of().string("select 'ä€'").array();
        List<String> heads = new ArrayList<>();

        // When
        for (int seen = 8; seen < 14; seen++) {
            FrontendMessage message = decoder.decodeHead((byte) 'Q', Bytes.lay(body, 0), Bytes.AT, seen, body.length);
            heads.add(((FrontendMessage.Query) message).sql());
        }

        // Then
        assertThat(heads).containsExactly("select '", "select '", "select 'ä", "select 'ä", "select 'ä", "select 'ä€");
    }

    @Test
    void headIsDecodedFromDirectBuffersAndOtherEncodingsToo() {
        // Given
        decoder.charset(Charset.forName("GB18030"));
        ByteBuf direct = Unpooled.directBuffer().writeBytes("select '中".getBytes(Charset.forName("GB18030")));

        // When
        FrontendMessage message = decoder.decodeHead((byte) 'Q', direct, 0, direct.readableBytes() - 1, 1 << 20);

        // Then
        assertThat(message).isEqualTo(new FrontendMessage.Query("select '"));
        direct.release();
    }

    @Test
    void headOfAParseHasNoTypes() {
        // Given
        byte[] body =
                Bytes.of().string("s").string("select $1").int16(1).int32(23).array();

        // When
        FrontendMessage cut = decoder.decodeHead((byte) 'P', Bytes.lay(body, 0), Bytes.AT, 8, body.length);
        FrontendMessage whole = decoder.decodeHead((byte) 'P', Bytes.lay(body, 0), Bytes.AT, body.length, body.length);

        // Then
        assertThat(((FrontendMessage.Parse) cut).sql()).isEqualTo("select");
        assertThat(((FrontendMessage.Parse) cut).parameterTypes()).isEmpty();
        assertThat(((FrontendMessage.Parse) whole).parameterTypes()).containsExactly(23);
    }

    @Test
    void headOfABindShowsTheParametersThatLieWholeInIt() {
        // Given
        byte[] body = Bytes.of()
                .string("")
                .string("s")
                .int16(0, 3)
                .int32(2)
                .text("hi")
                .int32(100)
                .text("cut")
                .array();

        // When
        FrontendMessage message = decoder.decodeHead((byte) 'B', Bytes.lay(body, 0), Bytes.AT, body.length, 1 << 20);

        // Then
        BindView bind = ((FrontendMessage.Bind) message).body();
        assertThat(bind.statement()).isEqualTo("s");
        assertThat(bind.parameters()).isEqualTo(3);
        assertThat(bind.length(0)).isEqualTo(2);
        assertThat(bind.length(1)).isEqualTo(BindView.NOT_SEEN);
        assertThat(bind.length(2)).isEqualTo(BindView.NOT_SEEN);
    }

    @Test
    void headOfAFunctionCallShowsTheArgumentsThatLieWholeInIt() {
        // Given
        byte[] body = Bytes.of()
                .int32(955)
                .int16(0, 2)
                .int32(4)
                .int32(1)
                .int32(1 << 20)
                .array();

        // When
        FrontendMessage message = decoder.decodeHead((byte) 'F', Bytes.lay(body, 0), Bytes.AT, body.length, 1 << 21);

        // Then
        FunctionCallView call = ((FrontendMessage.FunctionCall) message).body();
        assertThat(call.functionOid()).isEqualTo(955);
        assertThat(call.length(0)).isEqualTo(4);
        assertThat(call.length(1)).isEqualTo(FunctionCallView.NOT_SEEN);
    }

    @Test
    void headOfAnyOtherMessageIsMalformed() {
        // When
        FrontendMessage message = decoder.decodeHead((byte) 'E', Bytes.lay(new byte[10], 0), Bytes.AT, 10, 9996);

        // Then
        assertThat(message)
                .isEqualTo(new FrontendMessage.Malformed(
                        (byte) 'E', 9996, "body length: 9996 (expected: at most 10), offset 0"));
        assertThat(decoder.decodeHead((byte) '!', Bytes.lay(new byte[10], 0), Bytes.AT, 10, 9996))
                .isEqualTo(new FrontendMessage.Unknown((byte) '!', 9996));
    }
}
