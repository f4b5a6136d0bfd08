package io.pgweir.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.replay.Results;
import io.pgweir.replay.SampleResults;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportPageTest {
    static Report report(Results.Summary summary, double speed, String... partial) {
        Report.Run run = new Report.Run(
                "0.1.0",
                UUID.fromString("0195512a-0000-7000-8000-000000000001"),
                Instant.parse("2026-11-21T10:20:30.123Z"),
                Instant.parse("2026-11-22T08:00:00Z"),
                "db<1>:5432",
                speed);
        return new Report(run, List.of(partial), 3, summary);
    }

    /** What a browser sees, void elements closed so that a parser of XML, which forgives nothing, can say that it is whole. */
    private static Document parsed(String page) throws Exception {
        String xml = page.replace("<!DOCTYPE html>", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    @Test
    void allIsThereAndNothingIsMarkupThatWasText() throws Exception {
        // When
        String page = ReportPage.of(report(SampleResults.full(), 1, "interrupted by SIGINT after 3.2 s"));

        // Then
        Document document = parsed(page);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(3);
        assertThat(page)
                .doesNotContain("http://", "https://", "src=", "\u202e")
                .contains("default-src 'none'")
                .contains("&lt;/code&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;", "a&amp;b\ufffd")
                .contains("db&lt;1&gt;:5432", "&lt;b&gt;bob&lt;/b&gt;")
                .contains("6 of 5,305 answers differ (0.113 %)", "Partial: interrupted by SIGINT after 3.2 s")
                .contains(
                        "Examples: missing", "Examples: added", "Examples: sqlstate", "Examples: tag", "Examples: rows")
                .contains("Examples: result", "error 42P01", "SELECT 2, 2 rows")
                .contains("update stock set n = n - ? where item = ?")
                .contains("The replay kept time", "The target kept up")
                .contains("messages that the capture does not have</td><td class=\"number\">4");
        assertThat(page.indexOf("select * from orders")).isLessThan(page.indexOf("<h2>Errors"));
    }

    @Test
    void withoutDifferencesItSaysSo() throws Exception {
        // Given
        SampleResults sample = new SampleResults();
        String label = sample.statement("select 1");
        sample.compare(
                1,
                label,
                SampleResults.answer(1, "SELECT 1", "", 1, 1_000, 1),
                SampleResults.answer(0, "SELECT 1", "", 1, 900, 1));

        // When
        String page = ReportPage.of(report(sample.results.summary(), Double.POSITIVE_INFINITY));

        // Then
        parsed(page);
        assertThat(page)
                .contains("verdict good", "1 answers, none differs", "No statement failed, then or now.")
                .contains("as fast as answers came", "None takes longer than it did.");
    }

    @Test
    void ofNothingIsAPageToo() throws Exception {
        // When
        String page = ReportPage.of(report(new Results().summary(), 2));

        // Then
        parsed(page);
        assertThat(page).contains("Nothing was compared", "at 2.0 times its speed");
    }
}
