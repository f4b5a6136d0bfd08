package io.pgweir.cli;

import java.io.PrintWriter;

/** What an agent says of its capture, in one line. */
final class CaptureStatusText {
    private CaptureStatusText() {}

    static void print(PrintWriter out, JsonView capture) {
        if (!capture.has("capture")) {
            out.println("no capture runs, and none ran");
            return;
        }
        out.println("capture " + capture.text("capture") + (capture.flag("running") ? " runs" : " has ended") + ", in "
                + capture.text("dir") + ": " + capture.text("sessions") + " sessions, "
                + capture.text("dropped-messages") + " messages left out, " + capture.text("queued-bytes")
                + " bytes queued" + (capture.flag("full") ? "; the directory is full: capture.dir-bytes" : ""));
    }
}
