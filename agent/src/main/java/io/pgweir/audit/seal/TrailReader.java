package io.pgweir.audit.seal;

import io.pgweir.audit.encode.ChunkJoiner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads sources one after the other: this thread fetches batches, workers check their records, and this thread is given what came out,
 * in the order of the source.
 */
final class TrailReader {
    /** Of pieces of records that wait for others. */
    private static final long PIECE_BYTES_MAX = 64 << 20;

    private final List<RecordSource> sources;
    private final TrailVerifier.Progress progress;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final int workers = Runtime.getRuntime().availableProcessors();
    private final @Nullable String wantedChain;
    private final long wantedSeq;
    private final ChunkJoiner joiner = new ChunkJoiner(PIECE_BYTES_MAX);
    private long records;

    TrailReader(List<RecordSource> sources, TrailVerifier.Progress progress) {
        this(sources, progress, null, 0);
    }

    /** Keeps the text of one record. */
    TrailReader(
            List<RecordSource> sources, TrailVerifier.Progress progress, @Nullable String wantedChain, long wantedSeq) {
        this.sources = sources;
        this.progress = progress;
        this.wantedChain = wantedChain;
        this.wantedSeq = wantedSeq;
    }

    interface Fold {
        void accept(CheckedBatch batch, int source) throws IOException;
    }

    /** A source that fails half-way is a fault of its last batch; the others are read all the same. */
    void read(Fold fold) throws IOException, InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().name("verify-", 0).factory())) {
            for (int i = 0; i < sources.size(); i++) {
                read(i, pool, fold);
            }
            while (!pending.isEmpty()) {
                settle(fold);
            }
        }
        List<String> unjoined = joiner.unjoined();
        if (!unjoined.isEmpty()) {
            fold.accept(check(visitor -> unjoined.forEach(what -> visitor.unreadable(RecordSource.END, what)), 0), 0);
        }
    }

    private void read(int number, ExecutorService pool, Fold fold) throws IOException, InterruptedException {
        RecordSource source = sources.get(number);
        try {
            for (RecordSource.Batch batch = source.next(); batch != null; batch = source.next()) {
                RecordSource.Batch one = batch;
                pending.add(new Pending(number, pool.submit(() -> check(one, number)), source.bytesRead()));
                // As many as keep all workers busy while this thread reads; each holds a batch's memory.
                while (pending.size() > 2 * workers) {
                    settle(fold);
                }
            }
        } catch (IOException fault) {
            while (!pending.isEmpty()) {
                settle(fold);
            }
            CheckedBatch broken = new CheckedBatch();
            broken.faults.add(new CheckedBatch.Fault(
                    Finding.Kind.UNREADABLE,
                    RecordSource.END,
                    "",
                    0,
                    "cannot be read any further: " + fault.getMessage()));
            fold.accept(broken, number);
        }
    }

    private CheckedBatch check(RecordSource.Batch batch, int number) {
        RecordChecker checker = new RecordChecker(number, wantedChain, wantedSeq);
        batch.read(checker);
        return checker.checked();
    }

    private void settle(Fold fold) throws IOException, InterruptedException {
        Pending oldest = pending.remove();
        CheckedBatch checked;
        try {
            checked = oldest.batch.get();
        } catch (ExecutionException fault) {
            throw new IllegalStateException("a batch could not be checked", fault.getCause());
        }
        for (CheckedBatch.Piece piece : checked.pieces) {
            Optional<byte[]> whole = joiner.add(piece.chunk());
            if (whole.isPresent()) {
                byte[] record = whole.get();
                CheckedBatch joined =
                        check(visitor -> visitor.record(record, 0, record.length, piece.position()), oldest.source);
                records += joined.records;
                fold.accept(joined, oldest.source);
            }
        }
        records += checked.records;
        fold.accept(checked, oldest.source);
        long before = 0;
        for (RecordSource source : sources.subList(0, oldest.source)) {
            before += source.bytesTotal();
        }
        progress.at(before + oldest.bytes, records);
    }

    private record Pending(int source, Future<CheckedBatch> batch, long bytes) {}
}
