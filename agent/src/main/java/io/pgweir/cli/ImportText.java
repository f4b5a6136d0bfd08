package io.pgweir.cli;

import io.pgweir.capture.pcap.TcpTraffic;
import io.pgweir.offline.packets.LeftOut;
import io.pgweir.offline.packets.PacketImport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What became of packets that were imported: for people, or one JSON object. */
final class ImportText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final PrintWriter out;

    ImportText(PrintWriter out) {
        this.out = out;
    }

    void print(PacketImport.Summary summary, List<Path> files, boolean json) {
        if (json) {
            out.println(json(summary, files));
        } else {
            lines(summary, files);
        }
        out.flush();
    }

    private void lines(PacketImport.Summary summary, List<Path> files) {
        TcpTraffic.Counts packets = summary.packets();
        out.printf(
                Locale.ROOT,
                "imported %,d sessions, %,d messages, %,d cancels, %.1f s: %s%n",
                summary.sessions(),
                summary.messages(),
                summary.cancels(),
                (double) summary.nanos() / TimeUnit.SECONDS.toNanos(1),
                files.isEmpty() ? "no capture" : String.join(", ", names(files)));
        out.printf(Locale.ROOT, "read %,d packets, %,d connections%n", packets.packets(), packets.connections());
        for (Map.Entry<LeftOut, Long> each : summary.leftOut().entrySet()) {
            line(each.getValue(), "connections left out: " + each.getKey().words());
        }
        line(packets.dropped(), "connections ended early: too many others were open, or waited for packets");
        line(summary.gaps(), "places where packets are missing, or are no messages; bytes: " + summary.missingBytes());
        line(packets.cut(), "packets that were not captured whole (tcpdump -s 0 takes all)");
        line(packets.fragments(), "packets left out: fragments of IP");
        line(packets.unknownLinks(), "packets left out: of a link type that is not known");
        line(packets.others() - packets.unknownLinks(), "packets left out: no TCP");
        line(packets.elsewhere(), "packets left out: to and from other ports");
    }

    private void line(long count, String what) {
        if (count > 0) {
            out.printf(Locale.ROOT, "%,d %s%n", count, what);
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream().map(Path::toString).toList();
    }

    private static String json(PacketImport.Summary summary, List<Path> files) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            TcpTraffic.Counts packets = summary.packets();
            json.writeStartObject();
            json.writeArrayPropertyStart("files");
            names(files).forEach(json::writeString);
            json.writeEndArray();
            json.writeNumberProperty("sessions", summary.sessions());
            json.writeNumberProperty("messages", summary.messages());
            json.writeNumberProperty("cancels", summary.cancels());
            json.writeNumberProperty("gaps", summary.gaps());
            json.writeNumberProperty("missing_bytes", summary.missingBytes());
            json.writeNumberProperty("duration_nanos", summary.nanos());
            json.writeObjectPropertyStart("connections");
            json.writeNumberProperty("all", packets.connections());
            json.writeNumberProperty("ended_early", packets.dropped());
            for (LeftOut why : LeftOut.values()) {
                json.writeNumberProperty(
                        why.name().toLowerCase(Locale.ROOT), summary.leftOut().getOrDefault(why, 0L));
            }
            json.writeEndObject();
            json.writeObjectPropertyStart("packets");
            json.writeNumberProperty("all", packets.packets());
            json.writeNumberProperty("cut", packets.cut());
            json.writeNumberProperty("fragments", packets.fragments());
            json.writeNumberProperty("unknown_link", packets.unknownLinks());
            json.writeNumberProperty("no_tcp", packets.others() - packets.unknownLinks());
            json.writeNumberProperty("other_ports", packets.elsewhere());
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }
}
