package io.pgweir.capture.pcap;

import static io.pgweir.testing.PacketFile.EPOCH_NANOS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.testing.PacketFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TcpTrafficTest {
    private static final int CLIENT = 40_000;
    private static final int SERVER = 5432;

    private PacketFile file = PacketFile.pcap();
    private Heard heard = new Heard();

    /** What both ends said, and who had heard how much of the other when they said it. */
    private static final class Heard implements TcpHearer {
        final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
        final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        final List<String> events = new ArrayList<>();
        long missing;

        private ByteArrayOutputStream of(Direction from) {
            return from == Direction.FRONTEND ? fromClient : fromServer;
        }

        @Override
        public void onBytes(Direction from, long epochNanos, ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            of(from).writeBytes(copy);
            events.add((from == Direction.FRONTEND ? "> " : "< ") + new String(copy, UTF_8));
        }

        @Override
        public void onMissing(Direction from, long epochNanos, long bytes) {
            missing += bytes;
            events.add((from == Direction.FRONTEND ? "> " : "< ") + "missing " + bytes);
        }

        @Override
        public void onEnd(Direction by, boolean reset, long epochNanos) {
            events.add("end by " + by + (reset ? ", reset" : ""));
        }

        @Override
        public void onFileEnd() {
            events.add("open");
        }

        @Override
        public void onDropped(long epochNanos) {
            events.add("dropped");
        }

        @Override
        public long heldBytes() {
            return 0;
        }
    }

    /** One segment, as it was sent. */
    private record Sent(boolean client, int at, int heard, byte[] bytes) {}

    @Property(tries = 150)
    void streamsAreWholeAndInOrderWhateverTheNetworkDoes(
            @ForAll long seed, @ForAll int clientFirst, @ForAll int serverFirst) throws IOException {
        // Given
        file = PacketFile.pcap();
        heard = new Heard();
        Random random = new Random(seed);
        List<Sent> sent = talk(random);
        List<Sent> captured = mangled(sent, random);
        add(true, clientFirst - 1, 0, PacketFile.SYN, new byte[0]);
        add(false, serverFirst - 1, clientFirst, PacketFile.SYN | PacketFile.ACK, new byte[0]);

        // When
        for (Sent each : captured) {
            int own = each.client ? clientFirst : serverFirst;
            int other = each.client ? serverFirst : clientFirst;
            add(each.client, own + each.at, other + each.heard, PacketFile.ACK, each.bytes);
        }
        read();

        // Then
        assertThat(heard.missing).isZero();
        assertThat(heard.fromClient.toByteArray()).isEqualTo(all(sent, true));
        assertThat(heard.fromServer.toByteArray()).isEqualTo(all(sent, false));
        assertThat(heard.events).last().isEqualTo("open");
        inCausalOrder(sent);
    }

    private void inCausalOrder(List<Sent> sent) {
        int client = 0;
        int server = 0;
        for (String event : heard.events) {
            boolean fromClient = event.startsWith("> ");
            int bytes = event.equals("open") ? 0 : event.length() - 2;
            int at = fromClient ? client : server;
            for (Sent each : sent) {
                if (each.client == fromClient && each.at >= at && each.at < at + bytes) {
                    assertThat(each.heard).isLessThanOrEqualTo(fromClient ? server : client);
                }
            }
            client += fromClient ? bytes : 0;
            server += fromClient ? 0 : bytes;
        }
    }

    private static List<Sent> talk(Random random) {
        List<Sent> sent = new ArrayList<>();
        int[] at = new int[2];
        for (int i = 0; i < 60; i++) {
            boolean client = random.nextBoolean();
            byte[] bytes = new byte[1 + random.nextInt(30)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) ('a' + random.nextInt(26));
            }
            int own = client ? 0 : 1;
            sent.add(new Sent(client, at[own], at[1 - own], bytes));
            at[own] += bytes.length;
        }
        return sent;
    }

    /** Segments come twice, later, joined with parts of their neighbours. */
    private static List<Sent> mangled(List<Sent> sent, Random random) {
        List<Sent> captured = new ArrayList<>(sent);
        for (int i = 0; i + 1 < captured.size(); i++) {
            Sent one = captured.get(i);
            switch (random.nextInt(5)) {
                case 0 -> captured.add(i + 1 + random.nextInt(captured.size() - i), one);
                case 1 -> captured.add(Math.min(captured.size() - 1, i + random.nextInt(6)), captured.remove(i));
                case 2 -> {
                    int from = random.nextInt(one.bytes.length);
                    captured.add(
                            i,
                            new Sent(
                                    one.client,
                                    one.at + from,
                                    one.heard,
                                    Arrays.copyOfRange(one.bytes, from, one.bytes.length)));
                }
                default -> {}
            }
        }
        return captured;
    }

    private static byte[] all(List<Sent> sent, boolean client) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        sent.stream().filter(each -> each.client == client).forEach(each -> all.writeBytes(each.bytes));
        return all.toByteArray();
    }

    @Test
    void whatNoPacketHasIsMissingBehindTheLimit() throws IOException {
        // Given
        add(true, 100, 0, PacketFile.SYN, new byte[0]);
        add(true, 101, 500, PacketFile.ACK, text("one"));
        add(true, 107, 500, PacketFile.ACK, text("three"));
        add(false, 500, 112, PacketFile.ACK, text("answer"));

        // When
        read();

        // Then
        assertThat(heard.events).containsExactly("> one", "> missing 3", "> three", "< answer", "open");
    }

    @Test
    void anAnswerWaitsForItsQuestionAndGoesOnWithoutIt() throws IOException {
        // Given
        add(true, 100, 0, PacketFile.SYN, new byte[0]);
        add(false, 500, 106, PacketFile.ACK, text("answer"));

        // When
        read();

        // Then
        assertThat(heard.events).containsExactly("> missing 5", "< answer", "open");
    }

    @Test
    void aPacketThatWasCutIsAHoleAtOnce() throws IOException {
        // Given
        byte[] frame =
                PacketFile.ethernet(PacketFile.tcp(1, CLIENT, 2, SERVER, 101, 0, PacketFile.ACK, text("abcdef")));
        file.add(EPOCH_NANOS, frame, frame.length - 4);
        add(true, 107, 0, PacketFile.ACK, text("next"));

        // When
        TcpTraffic traffic = read();

        // Then
        assertThat(heard.events).containsExactly("> ab", "> missing 4", "> next", "open");
        assertThat(traffic.counts().cut()).isEqualTo(1);
    }

    @Test
    void endsAreTold() throws IOException {
        // Given
        add(true, 100, 0, PacketFile.SYN, new byte[0]);
        add(false, 500, 101, PacketFile.SYN | PacketFile.ACK, new byte[0]);
        add(false, 501, 101, PacketFile.FIN | PacketFile.ACK, text("bye"));
        add(true, 101, 505, PacketFile.FIN | PacketFile.ACK, new byte[0]);
        add(false, 505, 102, PacketFile.ACK, new byte[0]);
        add(false, 501, 101, PacketFile.FIN | PacketFile.ACK, text("bye"));
        add(true, 9000, 0, PacketFile.SYN, new byte[0]);
        add(true, 9001, 0, PacketFile.RST, new byte[0]);

        // When
        TcpTraffic traffic = read();

        // Then
        assertThat(heard.events).containsExactly("< bye", "end by BACKEND", "end by FRONTEND, reset");
        assertThat(traffic.counts().connections()).isEqualTo(2);
    }

    @Test
    void portsThatAreUsedAgainAreAnotherConnection() throws IOException {
        // Given
        add(true, 100, 0, PacketFile.SYN, new byte[0]);
        add(true, 101, 0, PacketFile.ACK, text("one"));
        add(true, 70_000, 0, PacketFile.SYN, new byte[0]);
        add(true, 70_001, 0, PacketFile.ACK, text("two"));

        // When
        read();

        // Then
        assertThat(heard.events).containsExactly("> one", "end by FRONTEND", "> two", "open");
    }

    @Test
    void tooManyConnectionsEndTheOneThatIsSilentForLongest() throws IOException {
        // Given
        for (int i = 0; i < 10_001; i++) {
            byte[] ip = PacketFile.tcp(1 + i / 50_000, 1024 + i, 2, SERVER, 1, 0, PacketFile.SYN, new byte[0]);
            file.add(EPOCH_NANOS, PacketFile.ethernet(ip));
        }

        // When
        TcpTraffic traffic = read();

        // Then
        assertThat(traffic.counts().dropped()).isEqualTo(1);
        assertThat(heard.events).startsWith("dropped");
    }

    private void add(boolean client, int sequence, int acknowledged, int flags, byte[] bytes) {
        int source = client ? 1 : 2;
        byte[] ip = PacketFile.tcp(
                source,
                client ? CLIENT : SERVER,
                3 - source,
                client ? SERVER : CLIENT,
                sequence,
                acknowledged,
                flags,
                bytes);
        file.add(EPOCH_NANOS, PacketFile.ethernet(ip));
    }

    private TcpTraffic read() throws IOException {
        TcpTraffic traffic = new TcpTraffic(Set.of(SERVER), (_, _, _, _) -> heard);
        traffic.read(new ByteArrayInputStream(file.bytes()), CaptureReader.Progress.NONE);
        traffic.finish();
        return traffic;
    }

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }
}
