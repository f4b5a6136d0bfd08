package io.pgweir.admin;

import io.pgweir.admin.CaptureControl.Status;
import io.pgweir.config.CaptureConfig.Sessions;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Captures: what runs; beginning one, and ending it. */
final class CaptureEndpoints {
    private final CaptureControl control;

    CaptureEndpoints(CaptureControl control) {
        this.control = control;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.get("/capture", "the capture that runs, or ran last", request -> show(200, control.status())),
                Endpoint.post(
                        "/capture/start",
                        "sessions are captured: user, database (several by comma), sample, frontend-only, redact",
                        this::start),
                Endpoint.post("/capture/stop", "ends the capture, and waits until it is on disk", request -> stop()));
    }

    private Answer start(Request request) {
        if (!control.isConfigured()) {
            return Answer.problem(409, "no directory for captures (expected: capture.dir in the configuration)");
        }
        Sessions defaults = control.sessions();
        String sample = request.parameter("sample");
        int one = sample == null ? defaults.sample() : sample.matches("[0-9]{1,7}") ? Integer.parseInt(sample) : 0;
        if (one < 1 || one > Sessions.SAMPLE_MAX) {
            return Answer.problem(
                    400, "sample: `" + sample + "` (expected: a whole number from 1 to " + Sessions.SAMPLE_MAX + ")");
        }
        String frontend = request.parameter("frontend-only");
        if (frontend != null && !frontend.matches("true|false")) {
            return Answer.problem(400, "frontend-only: `" + frontend + "` (expected: true or false)");
        }
        String redact = request.parameter("redact");
        if (redact != null && !redact.matches("true|false")) {
            return Answer.problem(400, "redact: `" + redact + "` (expected: true or false)");
        }
        Sessions wanted = new Sessions(
                names(request.parameter("user"), defaults.users()),
                names(request.parameter("database"), defaults.databases()),
                one);
        try {
            Status begun = control.start(
                    wanted,
                    frontend == null ? control.frontendOnly() : Boolean.parseBoolean(frontend),
                    redact == null ? control.redacts() : Boolean.parseBoolean(redact));
            return begun == null
                    ? Answer.problem(409, "a capture runs already (expected: /capture/stop before)")
                    : show(202, begun);
        } catch (IOException fault) {
            return Answer.problem(500, "no capture: " + fault.getMessage());
        }
    }

    private static List<String> names(@Nullable String asked, List<String> otherwise) {
        return asked == null ? otherwise : List.of(asked.split(","));
    }

    private Answer stop() {
        Status ended = control.stop();
        return ended == null ? Answer.problem(409, "no capture runs") : show(200, ended);
    }

    private static Answer show(int status, @Nullable Status capture) {
        return Answer.json(status, json -> {
            json.writeBooleanProperty("running", capture != null && capture.running());
            if (capture != null) {
                json.writeStringProperty("capture", capture.id());
                json.writeStringProperty("dir", capture.dir());
                json.writeNumberProperty("sessions", capture.sessions());
                json.writeNumberProperty("dropped-messages", capture.droppedMessages());
                json.writeNumberProperty("queued-bytes", capture.waitingBytes());
                json.writeBooleanProperty("full", capture.full());
            }
        });
    }
}
