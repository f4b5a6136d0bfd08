package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the bytes: no exception, no index moved, nothing read outside of the body. */
class DecoderPropertiesTest {
    private static final byte[] FRONTEND_TYPES = {
        'B', 'C', 'd', 'c', 'f', 'D', 'E', 'H', 'F', 'P', 'p', 'Q', 'S', 'X', '?'
    };
    private static final byte[] BACKEND_TYPES = {
        'R', 'K', '2', '3', 'C', 'd', 'c', 'G', 'H', 'W', 'D', 'I', 'E', 'V', 'v', 'n', 'N', 'A', 't', 'S', '1', 's',
        'Z', 'T', '?'
    };

    /** Random bytes, of which many are the small numbers and zeroes that bodies are made of. */
    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<Byte> small = Arbitraries.of((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 2, (byte) 4, (byte) -1);
        Arbitrary<Byte> any = Arbitraries.bytes();
        return Arbitraries.oneOf(small, any).array(byte[].class).ofMinSize(0).ofMaxSize(64);
    }

    @Property(tries = 2000)
    void anyFrontendBodyIsAMessage(@ForAll("bodies") byte[] body) {
        for (byte type : FRONTEND_TYPES) {
            String first = decode(body, 0, buffer -> frontend(type, buffer, body.length));
            String second = decode(body, 0x77, buffer -> frontend(type, buffer, body.length));
            assertThat(second).isEqualTo(first);
        }
    }

    @Property(tries = 2000)
    void anyBackendBodyIsAMessage(@ForAll("bodies") byte[] body) {
        for (byte type : BACKEND_TYPES) {
            String first = decode(body, 0, buffer -> backend(type, buffer, body.length));
            String second = decode(body, 0x77, buffer -> backend(type, buffer, body.length));
            assertThat(second).isEqualTo(first);
        }
    }

    @Property(tries = 2000)
    void anyHeadIsAMessage(@ForAll("bodies") byte[] body) {
        for (byte type : FRONTEND_TYPES) {
            String first = decode(body, 0, buffer -> head(type, buffer, body.length));
            String second = decode(body, 0x77, buffer -> head(type, buffer, body.length));
            assertThat(second).isEqualTo(first);
        }
    }

    @Property(tries = 2000)
    void anyPacketIsAPacketOrRefused(@ForAll("bodies") byte[] rest) {
        String first = decode(rest, 0, buffer -> startup(buffer, rest.length));
        String second = decode(rest, 0x77, buffer -> startup(buffer, rest.length));
        assertThat(second).isEqualTo(first);
    }

    @Property(tries = 1000)
    void anyCopyDataIsReadAsAHeadOrPassedOver(@ForAll("bodies") byte[] body) {
        String first = decode(body, 0, buffer -> head(buffer, body.length));
        String second = decode(body, 0x77, buffer -> head(buffer, body.length));
        assertThat(second).isEqualTo(first);
    }

    private static String head(ByteBuf buffer, int length) {
        ReplicationHead head = new ReplicationHead();
        boolean whole = head.read(buffer, Bytes.AT, length, true);
        return whole ? (char) head.type() + " " + head.position() + " " + head.dataLength() : "";
    }

    /** With nothing behind the body a read beyond it throws; with poison before and behind it nothing may change. */
    private static String decode(byte[] body, int poison, Function<ByteBuf, String> decoder) {
        ByteBuf open = Bytes.lay(body, poison);
        ByteBuf between = Bytes.layBetween(body, poison);
        String message = decoder.apply(open);
        assertThat(decoder.apply(between)).isEqualTo(message);
        assertThat(open.readerIndex()).isZero();
        assertThat(open.writerIndex()).isEqualTo(Bytes.AT + body.length);
        return message;
    }

    private static String frontend(byte type, ByteBuf buffer, int length) {
        var decoder = new FrontendDecoder();
        decoder.saslOffered(length % 2 == 0);
        return show(decoder.decode(type, buffer, Bytes.AT, length));
    }

    private static String head(byte type, ByteBuf buffer, int length) {
        return show(new FrontendDecoder().decodeHead(type, buffer, Bytes.AT, length, length + 100));
    }

    private static String backend(byte type, ByteBuf buffer, int length) {
        return show(new BackendDecoder().decode(type, buffer, Bytes.AT, length));
    }

    private static String startup(ByteBuf buffer, int length) {
        try {
            return StartupDecoder.decode(buffer, Bytes.AT, length).getClass().toString();
        } catch (ProtocolException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** All that a message tells, views included, so that two readings can be compared. */
    private static String show(FrontendMessage message) {
        var shown = new StringBuilder();
        switch (message) {
            case FrontendMessage.Bind(BindView bind) -> {
                shown.append(bind.portal()).append('|').append(bind.statement());
                for (int i = 0; i < bind.parameters(); i++) {
                    shown.append('|').append(bind.format(i)).append(':');
                    shown.append(value(bind.buffer(), bind.offset(i), bind.length(i)));
                }
            }
            case FrontendMessage.FunctionCall(FunctionCallView call) -> {
                shown.append(call.functionOid());
                for (int i = 0; i < call.arguments(); i++) {
                    shown.append('|').append(call.format(i)).append(':');
                    shown.append(value(call.buffer(), call.offset(i), call.length(i)));
                }
            }
            case FrontendMessage.CopyData(BodyView body) ->
                shown.append(value(body.buffer(), body.offset(), body.length()));
            case FrontendMessage.Parse parse ->
                shown.append(parse.name()).append(parse.sql()).append(Arrays.toString(parse.parameterTypes()));
            case FrontendMessage other -> shown.append(other);
        }
        return shown.toString();
    }

    private static String show(BackendMessage message) {
        var shown = new StringBuilder();
        switch (message) {
            case BackendMessage.DataRow(RowView row) -> {
                for (int i = 0; i < row.columns(); i++) {
                    shown.append('|').append(value(row.buffer(), row.offset(i), row.length(i)));
                }
            }
            case BackendMessage.CopyData(BodyView body) ->
                shown.append(value(body.buffer(), body.offset(), body.length()));
            case BackendMessage.BackendKeyData key -> shown.append(Arrays.toString(key.key()));
            case BackendMessage.ParameterDescription types -> shown.append(Arrays.toString(types.types()));
            case BackendMessage other -> shown.append(other);
        }
        return shown.toString();
    }

    private static String value(ByteBuf buffer, int offset, int length) {
        return length < 0 ? String.valueOf(length) : ByteBufUtil.hexDump(buffer, offset, length);
    }
}
