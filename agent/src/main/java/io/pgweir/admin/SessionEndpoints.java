package io.pgweir.admin;

import io.pgweir.audit.Origin;
import io.pgweir.audit.ServerFacts;
import io.pgweir.audit.TlsFacts;
import io.pgweir.config.AdminConfig.StatementText;
import io.pgweir.proxy.LiveSessions;
import io.pgweir.proxy.SessionView;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** Who is connected and what they do; and the end of it. */
final class SessionEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(SessionEndpoints.class);
    private static final String NONE = "no such session (expected: the id of one that /sessions lists)";

    private final LiveSessions sessions;
    private final StatementText text;

    SessionEndpoints(LiveSessions sessions, StatementText text) {
        this.sessions = sessions;
        this.text = text;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.get("/sessions", "who is connected, what they do and for how long", request -> list()),
                Endpoint.post("/sessions/{id}/cancel", "cancels what a session is doing", this::cancel),
                Endpoint.post("/sessions/{id}/terminate", "ends a session, as pg_terminate_backend", this::terminate));
    }

    private Answer list() {
        List<SessionView> views = sessions.views(text).stream()
                .sorted(Comparator.comparingLong(view -> view.origin().baseMicros()))
                .toList();
        return Answer.json(200, json -> {
            json.writeNumberProperty("count", views.size());
            json.writeArrayPropertyStart("sessions");
            views.forEach(view -> write(json, view));
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, SessionView view) {
        Origin origin = view.origin();
        json.writeStartObject();
        json.writeStringProperty("id", origin.session().toString());
        json.writeStringProperty("since", time(origin.baseMicros()));
        text(json, "user", origin.user());
        text(json, "session_user", origin.sessionUser());
        text(json, "database", origin.database());
        text(json, "application", origin.application());
        json.writeStringProperty(
                "client", hostPort(origin.client().address(), origin.client().port()));
        json.writeStringProperty("listener", origin.client().listener());
        json.writeStringProperty("cluster", origin.client().cluster());
        ServerFacts server = origin.server();
        text(json, "node", server == null ? connectingTo(view) : hostPort(server.address(), server.port()));
        if (server != null && server.processId() != 0) {
            json.writeNumberProperty("backend_pid", server.processId());
        }
        text(json, "role", origin.role());
        tls(json, origin.tls(), view.serverTls());
        json.writeStringProperty("state", view.state().word());
        json.writeNumberProperty("state_ms", view.stateMillis());
        statement(json, view.statement());
        json.writeNumberProperty("outstanding", view.outstanding());
        json.writeNumberProperty("statements", view.totals().executions());
        json.writeNumberProperty("errors", view.totals().errors());
        json.writeNumberProperty("rows", view.totals().rows());
        json.writeNumberProperty("transactions", view.totals().transactions());
        json.writeNumberProperty("bytes_from_client", view.bytesFromClient());
        json.writeNumberProperty("bytes_from_server", view.bytesFromServer());
        json.writeEndObject();
    }

    private static @Nullable String connectingTo(SessionView view) {
        return view.connectingTo() == null ? null : view.connectingTo().toString();
    }

    private static void tls(JsonGenerator json, @Nullable TlsFacts tls, boolean serverTls) {
        json.writeObjectPropertyStart("tls");
        json.writeBooleanProperty("client", tls != null);
        json.writeBooleanProperty("server", serverTls);
        if (tls != null) {
            json.writeStringProperty("version", tls.version());
            json.writeStringProperty("cipher", tls.cipher());
            text(json, "subject", tls.subject());
        }
        json.writeEndObject();
    }

    private static void statement(JsonGenerator json, SessionView.@Nullable Statement statement) {
        if (statement != null) {
            json.writeObjectPropertyStart("statement");
            json.writeStringProperty("fingerprint", statement.fingerprint());
            json.writeStringProperty("class", statement.statementClass());
            json.writeStringProperty("command", statement.command());
            text(json, "text", statement.text());
            json.writeEndObject();
        }
    }

    private static void text(JsonGenerator json, String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
    }

    private static String time(long micros) {
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000)
                .toString();
    }

    private static String hostPort(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private Answer cancel(Request request) {
        UUID id = id(request);
        if (!sessions.cancel(id)) {
            return Answer.problem(404, NONE);
        }
        LOG.atInfo().addKeyValue("sessionId", id).log("Statement is being cancelled over the admin side");
        return Answer.json(202, json -> json.writeStringProperty("status", "cancelling"));
    }

    private Answer terminate(Request request) {
        UUID id = id(request);
        if (!sessions.terminate(id)) {
            return Answer.problem(404, NONE);
        }
        LOG.atInfo().addKeyValue("sessionId", id).log("Session is being ended over the admin side");
        return Answer.json(202, json -> json.writeStringProperty("status", "terminating"));
    }

    private static UUID id(Request request) {
        String id = request.part("id");
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("session: no UUID (expected: an id that /sessions lists)", unreadable);
        }
    }
}
