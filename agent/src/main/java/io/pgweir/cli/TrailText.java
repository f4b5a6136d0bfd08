package io.pgweir.cli;

import io.pgweir.audit.seal.Finding;
import io.pgweir.audit.seal.TrailReport;
import io.pgweir.audit.seal.TrailReport.ChainReport;
import io.pgweir.audit.seal.TrailReport.Range;
import java.io.PrintWriter;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** A verifier's report, for people and for programs. */
final class TrailText {
    /** Chains, findings and notes of each that a person is shown; programs are shown all that were kept. */
    private static final int LINES_MAX = 200;

    private static final int RANGES_MAX = 8;
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final TrailReport report;
    private final PrintWriter out;

    TrailText(TrailReport report, PrintWriter out) {
        this.report = report;
        this.out = out;
    }

    void print() {
        report.chains().stream().limit(LINES_MAX).forEach(this::print);
        more(report.chains().size(), "chains");
        report.findings().stream().limit(LINES_MAX).forEach(this::print);
        more(report.findingCount(), "findings");
        report.notes().stream().limit(LINES_MAX).forEach(note -> out.println("note: " + note));
        more(report.notes().size(), "notes");
        out.println(summary());
        out.flush();
    }

    private void more(long count, String what) {
        if (count > LINES_MAX) {
            out.println("... and " + number(count - LINES_MAX) + " " + what + " more");
        }
    }

    private void print(ChainReport chain) {
        StringBuilder line = new StringBuilder("chain ").append(chain.chain()).append(": ");
        int ranges = chain.ranges().size();
        for (int i = 0; i < Math.min(ranges, RANGES_MAX); i++) {
            Range range = chain.ranges().get(i);
            line.append(i == 0 ? "" : ", ")
                    .append(number(range.first()))
                    .append("..")
                    .append(number(range.last()));
        }
        if (ranges > RANGES_MAX) {
            line.append(" and ").append(number(ranges - RANGES_MAX)).append(" ranges more");
        }
        line.append(ranges == 1 ? " whole" : " (" + number(ranges) + " ranges)");
        line.append(", ").append(counted(chain.checkpoints(), "checkpoint")).append(" valid");
        if (chain.signed() > 0) {
            line.append(" (").append(number(chain.signed())).append(" signed by a given key)");
        }
        if (chain.duplicates() > 0) {
            line.append(", duplicates removed ").append(number(chain.duplicates()));
        }
        out.println(line);
    }

    private void print(Finding finding) {
        String chain = finding.chain().isEmpty() ? "" : "chain " + finding.chain() + ": ";
        String location = finding.location().isEmpty() ? "" : finding.location() + ": ";
        out.println(word(finding) + ": " + location + chain + finding.text());
    }

    private String summary() {
        String records = counted(report.records(), "record") + ", "
                + counted(report.chains().size(), "chain");
        String values = report.opened() + report.erased() == 0
                ? ""
                : ", " + counted(report.opened(), "opened value") + " match, " + number(report.erased()) + " erased";
        return report.isWhole()
                ? "whole: " + records + values
                : "NOT whole: " + counted(report.findingCount(), "finding") + " in " + records + values;
    }

    /** One JSON object on one line. */
    void printJson() {
        try (JsonGenerator to = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            to.writeStartObject();
            to.writeBooleanProperty("whole", report.isWhole());
            to.writeNumberProperty("records", report.records());
            to.writeNumberProperty("opened", report.opened());
            to.writeNumberProperty("erased", report.erased());
            to.writeNumberProperty("cut", report.cut());
            to.writeArrayPropertyStart("chains");
            report.chains().forEach(chain -> write(to, chain));
            to.writeEndArray();
            to.writeNumberProperty("finding_count", report.findingCount());
            to.writeArrayPropertyStart("findings");
            report.findings().forEach(finding -> write(to, finding));
            to.writeEndArray();
            to.writeArrayPropertyStart("notes");
            report.notes().forEach(to::writeString);
            to.writeEndArray();
            to.writeEndObject();
            to.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator to, ChainReport chain) {
        to.writeStartObject();
        to.writeStringProperty("chain", chain.chain());
        to.writeArrayPropertyStart("ranges");
        for (Range range : chain.ranges()) {
            to.writeStartObject();
            to.writeNumberProperty("first", range.first());
            to.writeNumberProperty("last", range.last());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeNumberProperty("duplicates", chain.duplicates());
        to.writeNumberProperty("checkpoints", chain.checkpoints());
        to.writeNumberProperty("signed", chain.signed());
        to.writeNumberProperty("uncovered", chain.uncovered());
        if (chain.resumes() != null) {
            to.writeStringProperty("resumes", chain.resumes());
        }
        to.writeEndObject();
    }

    private static void write(JsonGenerator to, Finding finding) {
        to.writeStartObject();
        to.writeStringProperty("kind", word(finding));
        to.writeStringProperty("chain", finding.chain());
        to.writeNumberProperty("first", finding.first());
        to.writeNumberProperty("last", finding.last());
        to.writeStringProperty("location", finding.location());
        to.writeStringProperty("text", finding.text());
        to.writeEndObject();
    }

    private static String word(Finding finding) {
        return finding.kind().name().toLowerCase(Locale.ROOT);
    }

    private static String counted(long count, String what) {
        return number(count) + " " + what + (count == 1 ? "" : "s");
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
