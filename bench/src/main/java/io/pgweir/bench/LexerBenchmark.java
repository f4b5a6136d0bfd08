package io.pgweir.bench;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What one statement's text of 89 characters costs when it is new. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LexerBenchmark {
    @Benchmark
    public Object split() {
        return SqlScript.of(Messages.SELECT, LexicalRules.DEFAULT);
    }

    @Benchmark
    public Object fingerprint() {
        return first().fingerprint();
    }

    @Benchmark
    public Object redacted() {
        return first().redacted();
    }

    private static SqlStatement first() {
        return SqlScript.of(Messages.SELECT, LexicalRules.DEFAULT).statements().getFirst();
    }
}
