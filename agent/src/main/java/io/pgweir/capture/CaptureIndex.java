package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.Unpacked.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a file holds, and where.
 *
 * @param sessions by number
 * @param droppedMessages told by its gap records
 */
public record CaptureIndex(
        List<Block> blocks, List<Session> sessions, long records, long droppedMessages, long droppedBytes) {
    public CaptureIndex {
        blocks = List.copyOf(blocks);
        sessions = List.copyOf(sessions);
    }

    /**
     * A block of records.
     *
     * @param offset of its head in the file
     * @param stored its bytes in the file, without the head
     * @param plain its bytes before compression
     * @param sessions numbers of those that it has records of, ascending
     */
    public record Block(
            long offset, int stored, int plain, int records, long firstNanos, long lastNanos, List<Long> sessions) {
        public Block {
            sessions = List.copyOf(sessions);
        }
    }

    /**
     * A session, as far as this file knows it.
     *
     * @param frontend messages, each counted once
     * @param backend messages, each counted once
     * @param bytes of their bodies
     * @param dropped messages that gap records tell of
     * @param cause of its end; empty while it is open
     */
    public record Session(
            SessionOpen open, long lastNanos, long frontend, long backend, long bytes, long dropped, String cause) {}

    /** From the first record to the last. */
    public long firstNanos() {
        return blocks.stream().mapToLong(Block::firstNanos).min().orElse(0);
    }

    public long lastNanos() {
        return blocks.stream().mapToLong(Block::lastNanos).max().orElse(0);
    }

    void write(Packed to) {
        to.number(records).number(droppedMessages).number(droppedBytes);
        to.list(blocks, CaptureIndex::writeBlock);
        to.list(sessions, CaptureIndex::writeSession);
    }

    static CaptureIndex read(Unpacked from) throws MalformedException {
        long records = from.number();
        long messages = from.number();
        long bytes = from.number();
        CaptureIndex index = new CaptureIndex(
                from.list(CaptureIndex::readBlock), from.list(CaptureIndex::readSession), records, messages, bytes);
        from.end();
        return index;
    }

    private static void writeBlock(Packed to, Block block) {
        to.number(block.offset()).number(block.stored()).number(block.plain()).number(block.records());
        to.number(block.firstNanos()).number(block.lastNanos() - block.firstNanos());
        to.number(block.sessions().size());
        long before = 0;
        for (long session : block.sessions()) {
            to.number(session - before);
            before = session;
        }
    }

    private static Block readBlock(Unpacked from) throws MalformedException {
        long offset = from.number();
        int stored = from.upTo(Integer.MAX_VALUE, "stored bytes");
        int plain = from.upTo(Integer.MAX_VALUE, "plain bytes");
        int records = from.upTo(Integer.MAX_VALUE, "records");
        long first = from.number();
        long last = first + from.number();
        List<Long> sessions = new ArrayList<>();
        long before = 0;
        for (long step : from.list(Unpacked::number)) {
            before += step;
            sessions.add(before);
        }
        return new Block(offset, stored, plain, records, first, last, sessions);
    }

    private static void writeSession(Packed to, Session session) {
        to.number(session.open().session()).number(session.open().nanos());
        Records.write(session.open(), to);
        to.number(session.lastNanos()).number(session.frontend()).number(session.backend());
        to.number(session.bytes()).number(session.dropped()).text(session.cause());
    }

    private static Session readSession(Unpacked from) throws MalformedException {
        SessionOpen open = Records.readOpen(from.number(), from.number(), from);
        return new Session(
                open, from.number(), from.number(), from.number(), from.number(), from.number(), from.text());
    }
}
