package io.pgweir.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The byte lane alone: what goes out for what came in, however it was cut. */
class RelayTest {

    private static final int LOOK_BYTES_MAX = 40;

    @Property(tries = 300)
    void anyCuttingGivesTheSameBytesAndTheSameMeaning(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 64) int piece) {
        // Given
        Random random = new Random(seed);
        byte[] stream = messages(random, 1 + random.nextInt(30));
        Bench whole = new Bench();
        whole.feed(stream, 0, stream.length);
        Bench cut = new Bench();

        // When
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(stream.length - at, 1 + random.nextInt(piece));
            cut.feed(stream, at, length);
            at += length;
        }

        // Then
        assertThat(whole.out()).isEqualTo(stream);
        assertThat(cut.out()).isEqualTo(stream);
        assertThat(cut.lane.events()).isEqualTo(whole.lane.events());
        assertThat(whole.relay.bytes()).isEqualTo(stream.length);
        assertThat(cut.relay.isBetweenMessages()).isTrue();
        whole.assertNothingKept();
        cut.assertNothingKept();
    }

    @Property(tries = 100)
    void replacementsStandWhereTheMessageStood(@ForAll long seed, @ForAll @IntRange(min = 1, max = 64) int piece) {
        // Given
        Random random = new Random(seed);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            boolean replaced = random.nextInt(3) == 0;
            byte[] body = new byte[random.nextInt(LOOK_BYTES_MAX)];
            stream.writeBytes(message(replaced ? 'r' : 'g', body));
            expected.writeBytes(replaced ? message('x', new byte[0]) : message('g', body));
        }
        Bench bench = new Bench();

        // When
        byte[] bytes = stream.toByteArray();
        for (int at = 0; at < bytes.length; at += piece) {
            bench.feed(bytes, at, Math.min(piece, bytes.length - at));
        }

        // Then
        assertThat(bench.out()).isEqualTo(expected.toByteArray());
        bench.assertNothingKept();
    }

    @Property(tries = 300)
    void whatWasHeldGoesOnInItsPlaceOrIsReplaced(@ForAll long seed, @ForAll @IntRange(min = 1, max = 64) int piece) {
        // Given
        Random random = new Random(seed);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        List<Boolean> replaced = new ArrayList<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            char type = "gsh".charAt(random.nextInt(3));
            byte[] message = message(type, body(random));
            stream.writeBytes(message);
            if (type == 'h') {
                replaced.add(random.nextBoolean());
            }
            expected.writeBytes(type == 'h' && replaced.getLast() ? message('x', new byte[0]) : message);
        }
        Bench bench = new Bench();
        byte[] bytes = stream.toByteArray();

        // When
        int at = 0;
        while (at < bytes.length || bench.relay.isParked()) {
            if (bench.relay.isParked() && (at == bytes.length || random.nextInt(4) == 0)) {
                assertThat(bench.relay.parkedType()).isEqualTo((byte) 'h');
                bench.goOn(replaced.removeFirst());
            } else if (at < bytes.length) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(piece));
                bench.feed(bytes, at, length);
                at += length;
            }
        }

        // Then
        assertThat(bench.out()).isEqualTo(expected.toByteArray());
        assertThat(replaced).isEmpty();
        assertThat(bench.relay.bytes()).isEqualTo(bytes.length);
        assertThat(bench.relay.isBetweenMessages()).isTrue();
        bench.assertNothingKept();
    }

    private static byte[] body(Random random) {
        byte[] body = new byte[random.nextInt(3) == 0 ? random.nextInt(300) : random.nextInt(20)];
        random.nextBytes(body);
        return body;
    }

    @Test
    void nothingOfAHeldMessageNorWhatIsBehindItGoesOn() {
        // Given
        Bench bench = new Bench();
        byte[] before = message('g', new byte[3]);
        byte[] held = message('h', new byte[LOOK_BYTES_MAX * 3]);
        byte[] behind = message('g', new byte[5]);

        // When
        bench.feed(Unpooled.copiedBuffer(before, held, behind));
        bench.feed(behind, 0, behind.length);

        // Then
        assertThat(bench.out()).isEqualTo(before);
        assertThat(bench.relay.isParked()).isTrue();
        bench.goOn(false);
        assertThat(bench.out())
                .isEqualTo(Unpooled.copiedBuffer(held, behind, behind).array());
        bench.assertNothingKept();
    }

    @Test
    void ofAReplacedMessageThatStreamsExactlyItsBodyIsSwallowed() {
        // Given
        Bench bench = new Bench();
        byte[] held = message('h', new byte[LOOK_BYTES_MAX * 3]);
        bench.feed(held, 0, LOOK_BYTES_MAX + 20);

        // When
        bench.goOn(true);

        // Then
        assertThat(bench.relay.isBetweenMessages()).isTrue();
        bench.feed(held, LOOK_BYTES_MAX + 20, held.length - LOOK_BYTES_MAX - 20);
        byte[] next = message('g', new byte[2]);
        bench.feed(next, 0, next.length);
        assertThat(bench.out())
                .isEqualTo(
                        Unpooled.copiedBuffer(message('x', new byte[0]), next).array());
        bench.assertNothingKept();
    }

    @Test
    void stoppedWhileAMessageIsHeldItKeepsNothing() {
        // Given
        Bench bench = new Bench();
        byte[] held = message('h', new byte[7]);
        bench.feed(held, 0, held.length);
        bench.feed(held, 0, held.length);

        // When
        bench.relay.stop();

        // Then
        assertThat(bench.out()).isEmpty();
        assertThat(bench.relay.isParked()).isFalse();
        bench.assertNothingKept();
    }

    @Test
    void theEndBehindAHeldMessageForwardsWhatWasCutShort() {
        // Given
        Bench bench = new Bench();
        byte[] held = message('h', new byte[7]);
        byte[] cut = {'g', 0, 0, 0, 30, 1, 2};
        bench.feed(Unpooled.copiedBuffer(held, cut));
        bench.goOn(false);

        // When
        bench.relay.onEnd();

        // Then
        assertThat(bench.out()).isEqualTo(Unpooled.copiedBuffer(held, cut).array());
        bench.assertNothingKept();
    }

    @Test
    void aReadThatMayGoWholeIsHandedOnItself() {
        // Given
        Bench bench = new Bench();
        ByteBuf read = Unpooled.copiedBuffer(message('g', new byte[7]), message('s', new byte[100]));

        // When
        bench.relay.onBytes(read);
        bench.peer.flush();

        // Then
        ByteBuf out = bench.peer.readOutbound();
        assertThat(out).isSameAs(read);
        assertThat(bench.peer.<ByteBuf>readOutbound()).isNull();
        out.release();
    }

    @Test
    void aClaimedLengthAllocatesNothing() {
        // Given
        Bench bench = new Bench();
        byte[] header = {'g', 0x3f, -1, -1, -2};

        // When
        bench.feed(header, 0, header.length);

        // Then
        assertThat(bench.out()).isEmpty();
        assertThat(bench.relay.heldBytes()).isLessThan(1024);
        bench.relay.stop();
        bench.assertNothingKept();
    }

    @Test
    void behindTheLastHeaderNothingPasses() {
        // Given
        Bench bench = new Bench();
        byte[] good = message('g', new byte[3]);
        byte[] bad = {'b', 0, 0, 0, 1, 9, 9, 9, 9, 9};

        // When
        bench.feed(Unpooled.copiedBuffer(good, bad));
        bench.feed(good, 0, good.length);

        // Then
        assertThat(bench.out())
                .isEqualTo(Unpooled.copiedBuffer(good, new byte[] {'b', 0, 0, 0, 1})
                        .array());
        assertThat(bench.lane.last).isEqualTo(1);
        bench.assertNothingKept();
    }

    @Test
    void whatIsNoMessageAnyMorePassesRaw() {
        // Given
        Bench bench = new Bench();
        byte[] garbage = {'w', 0, 0, 0, 0, 1, 2, 3};

        // When
        for (byte each : garbage) {
            bench.feed(new byte[] {each}, 0, 1);
        }

        // Then
        assertThat(bench.out()).isEqualTo(garbage);
        assertThat(bench.lane.last).isEqualTo(1);
        bench.assertNothingKept();
    }

    @Test
    void aStoppedRelayForwardsWhatWasJudgedBefore() {
        // Given
        Bench bench = new Bench();
        byte[] good = message('g', new byte[3]);

        // When
        bench.feed(Unpooled.copiedBuffer(good, message('p', new byte[2]), good));

        // Then
        assertThat(bench.out()).isEqualTo(good);
        bench.assertNothingKept();
    }

    @Test
    void theEndForwardsAMessageCutShort() {
        // Given
        Bench bench = new Bench();
        byte[] cut = {'g', 0, 0, 0, 30, 1, 2};
        bench.feed(cut, 0, cut.length);

        // When
        bench.relay.onEnd();

        // Then
        assertThat(bench.out()).isEqualTo(cut);
        bench.assertNothingKept();
    }

    @Test
    void bytesThatComeWhileOthersAreJudgedWaitTheirTurn() {
        // Given
        Bench bench = new Bench();
        byte[] first = message('g', new byte[] {1});
        byte[] second = message('g', new byte[] {2});
        bench.lane.onNextMessage = () -> bench.relay.onBytes(Unpooled.copiedBuffer(second));

        // When
        bench.feed(first, 0, first.length);

        // Then
        assertThat(bench.out()).isEqualTo(Unpooled.copiedBuffer(first, second).array());
        bench.assertNothingKept();
    }

    /** Types: g gathers, s streams, r is replaced; some longer than the lane looks at. */
    private static byte[] messages(Random random, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(20)];
            random.nextBytes(body);
            out.writeBytes(message(random.nextBoolean() ? 'g' : 's', body));
        }
        return out.toByteArray();
    }

    private static byte[] message(char type, byte[] body) {
        return Unpooled.buffer(body.length + 5, body.length + 5)
                .writeByte(type)
                .writeInt(body.length + 4)
                .writeBytes(body)
                .array();
    }

    private static final class Bench {
        final EmbeddedChannel peer = new EmbeddedChannel();
        final RecordingLane lane = new RecordingLane();
        final Relay relay = new Relay(lane, peer);
        private final List<ByteBuf> fed = new ArrayList<>();

        void feed(byte[] bytes, int at, int length) {
            feed(peer.alloc().buffer(length).writeBytes(bytes, at, length));
        }

        void feed(ByteBuf bytes) {
            fed.add(bytes);
            relay.onBytes(bytes);
        }

        void goOn(boolean replaced) {
            if (replaced) {
                relay.replace(Unpooled.copiedBuffer(message('x', new byte[0])));
            } else {
                relay.release();
            }
        }

        byte[] out() {
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

        void assertNothingKept() {
            assertThat(relay.heldBytes()).isZero();
            assertThat(fed).allMatch(buffer -> buffer.refCnt() == 0);
            peer.finishAndReleaseAll();
        }
    }

    private static final class RecordingLane implements Lane {
        private final List<String> events = new ArrayList<>();
        private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        private Runnable onNextMessage = () -> {};
        private int last;

        List<String> events() {
            return events;
        }

        @Override
        public int look(byte type, int length) {
            return switch (type) {
                case 's' -> STREAM;
                case 'w' -> RAW;
                case 'b' -> LAST_HEADER;
                default -> Math.min(length - 4, LOOK_BYTES_MAX);
            };
        }

        @Override
        public void onLast(byte type, int length) {
            last++;
        }

        @Override
        public Disposition onMessage(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
            events.add((char) type + hex(buffer, bodyAt, bodyLength));
            Runnable next = onNextMessage;
            onNextMessage = () -> {};
            next.run();
            return switch (type) {
                case 'r' -> new Disposition.Replace(Unpooled.copiedBuffer(message('x', new byte[0])));
                case 'p' -> Disposition.STOP;
                case 'h' -> Disposition.HOLD;
                default -> Disposition.FORWARD;
            };
        }

        @Override
        public Disposition onHead(byte type, ByteBuf buffer, int bodyAt, int headLength, int bodyLength) {
            events.add("head " + (char) type + bodyLength + hex(buffer, bodyAt, headLength));
            return type == 'h' ? Disposition.HOLD : Disposition.FORWARD;
        }

        @Override
        public void onStream(byte type, int bodyLength) {
            events.add("stream " + (char) type + bodyLength);
        }

        @Override
        public void onChunk(ByteBuf buffer, int at, int length, boolean lastChunk) {
            byte[] chunk = new byte[length];
            buffer.getBytes(at, chunk);
            chunks.writeBytes(chunk);
            if (lastChunk) {
                events.add("body " + HexFormat.of().formatHex(chunks.toByteArray()));
                chunks.reset();
            }
        }

        private static String hex(ByteBuf buffer, int at, int length) {
            return ByteBufUtil.hexDump(buffer, at, length);
        }
    }
}
