package io.pgweir.bench;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.BackendDecoder;
import io.pgweir.wire.FrontendDecoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to read one message in place. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
    private static final int HEADER = 5;

    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();
    private final ByteBuf bind = Messages.bindExecuteSync("S_1");
    private final ByteBuf query = Messages.query(Messages.SELECT);
    private final ByteBuf row = Messages.rows(1);
    private final ByteBuf complete = Messages.commandComplete("SELECT 1");

    @Benchmark
    public Object bind() {
        return frontend.decode((byte) 'B', bind, HEADER, bind.getInt(1) - 4);
    }

    @Benchmark
    public Object query() {
        return frontend.decode((byte) 'Q', query, HEADER, query.readableBytes() - HEADER);
    }

    /** Ten columns, every length checked. */
    @Benchmark
    public Object dataRow() {
        return backend.decode((byte) 'D', row, HEADER, row.readableBytes() - HEADER);
    }

    @Benchmark
    public Object commandComplete() {
        return backend.decode((byte) 'C', complete, HEADER, complete.readableBytes() - HEADER);
    }
}
