package io.pgweir.audit.seal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts links of any order into that of their chains: what does not fit in memory is sorted in parts, each in a temporary file, and the
 * parts are merged. About 100 bytes a link on disk. One thread.
 */
final class SortedLinks implements Closeable {
    private static final int IN_MEMORY_MAX = 1 << 17;
    private static final int BUFFER_BYTES = 64 << 10;

    /** Of two records with one number, the sound one first: it takes the place. */
    private static final Comparator<Entry> ORDER = Comparator.comparingInt((Entry entry) -> entry.chain)
            .thenComparingLong(entry -> entry.link.seq())
            .thenComparing(entry -> entry.link.state());

    private final int inMemoryMax;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> chains = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<Path> parts = new ArrayList<>();

    SortedLinks() {
        this(IN_MEMORY_MAX);
    }

    SortedLinks(int inMemoryMax) {
        this.inMemoryMax = inMemoryMax;
    }

    void add(Link link) throws IOException {
        Integer number = numbers.get(link.chain());
        if (number == null) {
            number = chains.size();
            numbers.put(link.chain(), number);
            chains.add(link.chain());
        }
        entries.add(new Entry(number, link));
        if (entries.size() >= inMemoryMax) {
            spill();
        }
    }

    void forEach(Consumer<Link> consumer) throws IOException {
        entries.sort(ORDER);
        List<Part> open = new ArrayList<>();
        try {
            PriorityQueue<Part> queue = new PriorityQueue<>(Comparator.comparing(Part::head, ORDER));
            for (Path file : parts) {
                open.add(new Part(
                        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))));
            }
            for (Part part : open) {
                if (part.advance(chains)) {
                    queue.add(part);
                }
            }
            int next = 0;
            while (next < entries.size() || !queue.isEmpty()) {
                Part part = queue.peek();
                if (part == null || (next < entries.size() && ORDER.compare(entries.get(next), part.head()) <= 0)) {
                    consumer.accept(entries.get(next++).link);
                    continue;
                }
                queue.remove();
                consumer.accept(part.head().link);
                if (part.advance(chains)) {
                    queue.add(part);
                }
            }
        } finally {
            for (Part part : open) {
                part.in.close();
            }
        }
    }

    private void spill() throws IOException {
        entries.sort(ORDER);
        Path file = Files.createTempFile("pgweir-verify-", ".links");
        parts.add(file);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
            for (Entry entry : entries) {
                entry.write(out);
            }
        }
        entries.clear();
    }

    @Override
    public void close() throws IOException {
        for (Path file : parts) {
            Files.deleteIfExists(file);
        }
    }

    /** @param chain its number: chains come in the order that they were met */
    private record Entry(int chain, Link link) {
        void write(DataOutputStream out) throws IOException {
            out.writeInt(chain);
            out.writeInt(link.source());
            out.writeLong(link.position());
            out.writeLong(link.seq());
            out.write(link.hash());
            out.write(link.prev());
            out.writeUTF(link.state().name());
            byte[] text = link.text();
            out.writeInt(text == null ? -1 : text.length);
            if (text != null) {
                out.write(text);
            }
        }

        static @Nullable Entry read(DataInputStream in, List<String> chains) throws IOException {
            int chain;
            try {
                chain = in.readInt();
            } catch (java.io.EOFException _) {
                return null;
            }
            int source = in.readInt();
            long position = in.readLong();
            long seq = in.readLong();
            byte[] hash = in.readNBytes(Hashes.BYTES);
            byte[] prev = in.readNBytes(Hashes.BYTES);
            Link.State state = Link.State.valueOf(in.readUTF());
            int length = in.readInt();
            byte[] text = length < 0 ? null : in.readNBytes(length);
            return new Entry(chain, new Link(source, position, chains.get(chain), seq, hash, prev, state, text));
        }
    }

    /** One sorted file, and the first entry of it that is not merged yet. */
    private static final class Part {
        private final DataInputStream in;
        private @Nullable Entry head;

        Part(DataInputStream in) {
            this.in = in;
        }

        boolean advance(List<String> chains) throws IOException {
            head = Entry.read(in, chains);
            return head != null;
        }

        Entry head() {
            if (head == null) {
                throw new IllegalStateException("a part that has ended is merged");
            }
            return head;
        }
    }
}
