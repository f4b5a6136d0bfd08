package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.Response;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;

/** Results as a replay makes them, of a few statements. */
public final class SampleResults {
    public static final String HOSTILE = "select \"</code><script>alert('x')</script>\" from \"a&b\u202e\"";
    private static final long MILLI = 1_000_000;

    public final Results results = new Results();
    private final long startNanos = System.nanoTime();

    public SampleResults() {
        results.onBegin(startNanos, 0);
        results.onSession();
    }

    /** All kinds of differences, errors, times of all orders, and what was not run. */
    public static Results.Summary full() {
        SampleResults sample = new SampleResults();
        String read = sample.statement("select * from orders where id = 17");
        String write = sample.statement("update stock set n = n - 1 where item = 'x'");
        String hostile = sample.statement(HOSTILE);
        for (int i = 0; i < 5_000; i++) {
            long millis = i;
            long nanos = (200 + i % 900) * 1_000L;
            sample.compare(
                    i,
                    read,
                    answer(millis, "SELECT 1", "", 1, nanos, 7),
                    answer(0, "SELECT 1", "", 1, nanos * 3 / 2, 7));
            sample.results.onSent(i % 100 * 1_000L, i % 7 * 100_000L);
        }
        for (int i = 0; i < 300; i++) {
            long nanos = (2 + i % 40) * MILLI;
            sample.compare(
                    i, write, answer(i * 16L, "UPDATE 1", "", 0, nanos, 0), answer(0, "UPDATE 1", "", 0, nanos / 2, 0));
        }
        Response good = answer(10, "SELECT 2", "", 2, MILLI, 9);
        sample.compare(1, hostile, good, answer(0, "", "42P01", 0, MILLI, 0));
        sample.compare(2, hostile, good, answer(0, "SELECT 3", "", 3, MILLI, 9));
        sample.compare(3, hostile, good, answer(0, "SELECT 2", "", 2, MILLI, 8));
        sample.compare(4, write, answer(11, "UPDATE 1", "", 0, MILLI, 0), answer(0, "UPDATE 2", "", 0, MILLI, 0));
        sample.compare(
                5, write, answer(12, "", "40001", 0, 900 * MILLI, 0), answer(0, "", "40001", 0, 1_900 * MILLI, 0));
        sample.results.onMissing(1, 6, "", answer(13, "", "", 0, MILLI, 0));
        sample.results.onAdded(1, 7, "", answer(0, "SET", "", 0, MILLI, 0));
        sample.results.onNotSent();
        sample.results.onGap(4);
        sample.results.onSessionFailed(2, "db:5432 refuses user \"<b>bob</b>\": 28000: no");
        sample.results.onEnd(5_000 * MILLI);
        return sample.results.summary();
    }

    /** @return its fingerprint */
    public String statement(String sql) {
        SqlStatement statement =
                SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
        results.onStatement(statement);
        return statement.fingerprint();
    }

    public void compare(long request, String label, Response before, Response now) {
        results.onCompared(1, request, label, before, now);
    }

    public static Response answer(long atMillis, String tag, String sqlState, long rows, long nanos, long checksum) {
        return new Response(1, atMillis * MILLI, 0, rows, 8 * rows, tag, sqlState, nanos, nanos, checksum, checksum, 0);
    }
}
