package io.pgweir.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** What a lane says itself, drops and lets wait, among what passes. */
class RelayOwnTest {
    private static final int LOOK_BYTES_MAX = 40;

    /**
     * Types: g passes, s streams, d is discarded as it streams, x is dropped, m is said anew, q has something said before it, w
     * waits, h is held with something said before it.
     */
    @Property(tries = 500)
    void ownWordsStandWhereTheyBelongHoweverItIsCut(@ForAll long seed, @ForAll @IntRange(min = 1, max = 64) int piece) {
        // Given
        Random random = new Random(seed);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 1 + random.nextInt(25); i > 0; i--) {
            char type = "gsdxmqwh".charAt(random.nextInt(8));
            byte[] body = new byte[random.nextInt(3) == 0 ? random.nextInt(200) : random.nextInt(20)];
            random.nextBytes(body);
            byte[] message = message(type, body);
            stream.writeBytes(message);
            switch (type) {
                case 'd', 'x' -> {}
                case 'm' -> expected.writeBytes(own(body.length));
                case 'q', 'h' -> {
                    expected.writeBytes(own(body.length));
                    expected.writeBytes(message);
                }
                default -> expected.writeBytes(message);
            }
        }
        EmbeddedChannel peer = new EmbeddedChannel();
        OwnLane lane = new OwnLane();
        Relay relay = new Relay(lane, peer);
        List<ByteBuf> fed = new ArrayList<>();
        byte[] bytes = stream.toByteArray();

        // When
        int at = 0;
        while (at < bytes.length || relay.isParked()) {
            if (relay.isParked() && (at == bytes.length || random.nextInt(4) == 0)) {
                lane.free = true;
                relay.release();
            } else {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(piece));
                ByteBuf in = peer.alloc().buffer(length).writeBytes(bytes, at, length);
                fed.add(in);
                relay.onBytes(in);
                at += length;
            }
        }

        // Then
        assertThat(out(peer)).isEqualTo(expected.toByteArray());
        assertThat(relay.isBetweenMessages()).isTrue();
        assertThat(relay.heldBytes()).isZero();
        assertThat(fed).allMatch(buffer -> buffer.refCnt() == 0);
        peer.finishAndReleaseAll();
    }

    private static byte[] own(int length) {
        return message('o', new byte[length % 7]);
    }

    private static byte[] message(char type, byte[] body) {
        return Unpooled.buffer(body.length + 5, body.length + 5)
                .writeByte(type)
                .writeInt(body.length + 4)
                .writeBytes(body)
                .array();
    }

    private static byte[] out(EmbeddedChannel peer) {
        peer.flush();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf each = peer.readOutbound(); each != null; each = peer.readOutbound()) {
            byte[] bytes = new byte[each.readableBytes()];
            each.readBytes(bytes);
            all.writeBytes(bytes);
            each.release();
        }
        return all.toByteArray();
    }

    private static final class OwnLane implements Lane {
        private @Nullable ByteBuf own;
        private boolean free;

        @Override
        public int look(byte type, int length) {
            return switch (type) {
                case 's' -> STREAM;
                case 'd' -> DISCARD;
                case 'w' -> free ? Math.min(length - 4, LOOK_BYTES_MAX) : WAIT;
                default -> Math.min(length - 4, LOOK_BYTES_MAX);
            };
        }

        @Override
        public void onWait() {
            assertThat(own).isNull();
        }

        @Override
        public @Nullable ByteBuf takeOwn() {
            ByteBuf taken = own;
            own = null;
            return taken;
        }

        @Override
        public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
            return on(type, bodyLength);
        }

        @Override
        public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
            return on(type, bodyLength);
        }

        private Disposition on(byte type, int bodyLength) {
            free &= type != 'w';
            if (type == 'm' || type == 'q' || type == 'h') {
                ByteBuf said = own == null ? Unpooled.buffer() : own;
                own = said.writeBytes(own(bodyLength));
            }
            return switch (type) {
                case 'x', 'm' -> Disposition.DROP;
                case 'h' -> Disposition.HOLD;
                default -> Disposition.FORWARD;
            };
        }

        private static byte[] own(int length) {
            return RelayOwnTest.own(length);
        }

        @Override
        public void onStream(byte type, int bodyLength) {}

        @Override
        public void onChunk(ByteBuf buffer, int at, int length, boolean last) {}

        @Override
        public void onLast(byte type, int length) {}
    }
}
