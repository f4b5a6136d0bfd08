package io.pgweir.replay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.replay.Results;
import io.pgweir.replay.SampleResults;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Baselines are reports that were written and read again. */
class BaselineTest {
    private static final String NOISY = "select now()";
    private static final String STEADY = "select 1";

    private static String json(Report report) {
        StringWriter json = new StringWriter();
        ReportJson.write(report, json);
        return json.toString();
    }

    private static Report read(String json) throws IOException {
        return ReportReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** 400 answers of each statement, of which so many differ. */
    private static Results.Summary run(int noisy, int steady, long nanos) {
        SampleResults sample = new SampleResults();
        String[] labels = {sample.statement(NOISY), sample.statement(STEADY)};
        int[] differ = {noisy, steady};
        for (int which = 0; which < 2; which++) {
            for (int i = 0; i < 400; i++) {
                sample.compare(
                        i,
                        labels[which],
                        SampleResults.answer(i, "SELECT 1", "", 1, 1_000_000, 1),
                        SampleResults.answer(0, "SELECT 1", "", 1, nanos, i < differ[which] ? 2 : 1));
            }
        }
        return sample.results.summary();
    }

    @Test
    void aReportComesBackAsItWas() throws IOException {
        // Given
        String full = json(ReportPageTest.report(SampleResults.full(), 0.5, "why"));
        String empty = json(ReportPageTest.report(new Results().summary(), Double.POSITIVE_INFINITY));

        // When
        String fullAgain = json(read(full));
        String emptyAgain = json(read(empty));

        // Then
        assertThat(fullAgain).isEqualTo(full);
        assertThat(emptyAgain).isEqualTo(empty);
    }

    @Test
    void twoReportsAddUp() throws IOException {
        // Given
        Report one = read(json(ReportPageTest.report(SampleResults.full(), 1)));
        Results sum = new Results();

        // When
        sum.add(one.summary());
        sum.add(one.summary());

        // Then
        Results.Summary both = sum.summary();
        assertThat(both.answers()).isEqualTo(2 * one.summary().answers());
        assertThat(both.differing()).isEqualTo(2 * one.summary().differing());
        assertThat(both.replayed().getTotalCount())
                .isEqualTo(2 * one.summary().replayed().getTotalCount());
        assertThat(both.replayed().getValueAtPercentile(99))
                .isEqualTo(one.summary().replayed().getValueAtPercentile(99));
        assertThat(both.groups()).hasSameSizeAs(one.summary().groups());
        assertThat(both.nanos()).isEqualTo(one.summary().nanos());
    }

    @Test
    void whatTheBaselineHasTooIsNoise() throws IOException {
        // Given
        Report noise = read(json(ReportPageTest.report(run(100, 0, 1_000_000), 1)));

        // When
        Report same = ReportPageTest.report(run(125, 0, 1_050_000), 1).beside(noise);
        Report more = ReportPageTest.report(run(140, 3, 1_200_000), 1).beside(noise);

        // Then
        assertThat(same.differing()).isZero();
        assertThat(more.differing()).isEqualTo(10 + 3);
        assertThat(ReportPage.of(same)).contains("verdict good", "125 of 800 answers differ, none beyond the baseline");
        assertThat(ReportPage.of(more))
                .contains(
                        "verdict bad",
                        "143 of 800 answers differ, 13 beyond the baseline",
                        "slower; there 1.00 ms, 1.00 ms");
        assertThat(json(same)).contains("\"differing_beyond\":0,\"slower_beyond\":false");
        assertThat(json(more))
                .contains("\"differing_beyond\":13}", "\"differing_beyond\":3,\"slower_beyond\":true")
                .contains("\"differing_beyond\":10,\"slower_beyond\":true");
    }

    @Test
    void whatIsNoReportIsSaid() {
        assertThatThrownBy(() -> read("[]"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected: an object");
        assertThatThrownBy(() -> read("{\"version\":2}")).hasMessage("version: 2 (expected: 1)");
        assertThatThrownBy(() -> read("{\"version\":1}")).hasMessageContaining("pgweir: nothing (expected: a text)");
        assertThatThrownBy(() -> read("{\"version\":1")).isInstanceOf(IOException.class);
        String full = json(ReportPageTest.report(SampleResults.full(), 1));
        assertThatThrownBy(() -> read(full.replaceFirst("\"histogram\":\"....", "\"histogram\":\"AAAA")))
                .isInstanceOf(IOException.class);
    }
}
