package io.pgweir.proxy.rows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgweir.rules.Masking;
import io.pgweir.sql.CopyClause;
import io.pgweir.wire.value.PgType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One row of ten columns, of which the fifth, a text of 24 bytes, is masked. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowMaskBenchmark {
    private static final int COLUMNS = 10;
    private static final int MASKED = 4;
    private static final String VALUE = "somebody@somewhere.example.org".substring(0, 24);

    @Param({"null", "fixed", "partial", "hash"})
    public String how = "";

    private final ByteBuf row = PooledByteBufAllocator.DEFAULT.directBuffer();
    private final ByteBuf line = PooledByteBufAllocator.DEFAULT.directBuffer();
    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private RowMask mask = new RowMask(new ValueMask[0]);
    private CopyMask copy = new BinaryCopyMask(new ValueMask[0], 0);

    @Setup
    public void make() {
        Masking masking = switch (how) {
            case "null" -> new Masking.Nothing();
            case "fixed" -> new Masking.Fixed("hidden");
            case "partial" -> new Masking.Partial(2, 4, "*");
            default -> new Masking.Hash();
        };
        ValueMask[] masks = new ValueMask[COLUMNS];
        masks[MASKED] = new ValueMasks(new byte[] {1, 2, 3}).of(masking, PgType.TEXT, true, 0, StandardCharsets.UTF_8);
        mask = new RowMask(masks);
        CopyClause clause = new CopyClause(
                CopyClause.Direction.TO,
                CopyClause.Target.STDOUT,
                CopyClause.Format.TEXT,
                false,
                '\t',
                '"',
                '"',
                "\\N",
                "");
        copy = CopyMask.of(clause, masks, StandardCharsets.UTF_8, 1 << 16);
        row.writeShort(COLUMNS);
        for (int i = 0; i < COLUMNS; i++) {
            byte[] value = (i == MASKED ? VALUE : "1234567" + i).getBytes(StandardCharsets.UTF_8);
            row.writeInt(value.length).writeBytes(value);
            line.writeBytes(value).writeByte(i == COLUMNS - 1 ? '\n' : '\t');
        }
    }

    @Benchmark
    public int dataRow() {
        out.clear();
        mask.write(row, 0, row.writerIndex(), out);
        return out.writerIndex();
    }

    @Benchmark
    public int copyRow() {
        out.clear();
        copy.feed(line, 0, line.writerIndex(), out);
        return out.writerIndex();
    }
}
