package io.pgweir.audit.encode;

import io.pgweir.audit.ClientFacts;
import io.pgweir.audit.Origin;
import io.pgweir.audit.ServerFacts;
import io.pgweir.audit.TlsFacts;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;

/** Who and where: the properties that every record of a session repeats, encoded once for each {@link Origin}. One thread. */
final class OriginText {
    /** Sessions whose properties are at hand; about half a kilobyte each. */
    private static final int KEPT = 1024;

    private final Fragments<Origin> kept = new Fragments<>(KEPT, OriginText::fragment);

    void write(JsonText json, Origin origin) {
        SerializableString known = kept.of(origin);
        if (known == null) {
            writeProperties(json, origin);
        } else {
            json.properties(known);
        }
    }

    /** Properties of an object without its braces: a comma, then the first. */
    private static SerializableString fragment(Origin origin) {
        SerializableString object = JsonText.fragment(json -> {
            json.begin();
            writeProperties(json, origin);
            json.end();
        });
        String text = object.getValue();
        return new tools.jackson.core.io.SerializedString("," + text.substring(1, text.length() - 1));
    }

    private static void writeProperties(JsonText json, Origin origin) {
        ClientFacts client = origin.client();
        json.string(Property.LISTENER, client.listener());
        json.string(Property.CLUSTER, client.cluster());
        json.string(Property.USER, origin.user());
        json.stringUnlessNull(Property.SESSION_USER, origin.sessionUser());
        json.string(Property.DATABASE, origin.database());
        json.string(Property.APPLICATION, origin.application());
        json.begin(Property.CLIENT);
        json.string(Property.ADDRESS, client.address());
        json.number(Property.PORT, client.port());
        json.end();
        writeTls(json, origin.tls());
        writeServer(json, origin.server(), origin.role());
    }

    private static void writeTls(JsonText json, @Nullable TlsFacts tls) {
        if (tls == null) {
            json.nil(Property.TLS);
            return;
        }
        json.begin(Property.TLS);
        json.string(Property.VERSION, tls.version());
        json.string(Property.CIPHER, tls.cipher());
        json.string(Property.SUBJECT, tls.subject());
        if (!tls.names().isEmpty()) {
            json.beginArray(Property.NAMES);
            tls.names().forEach(json::string);
            json.endArray();
        }
        json.end();
    }

    private static void writeServer(JsonText json, @Nullable ServerFacts server, @Nullable String role) {
        if (server == null) {
            json.nil(Property.SERVER);
            return;
        }
        json.begin(Property.SERVER);
        json.string(Property.ADDRESS, server.address());
        json.number(Property.PORT, server.port());
        json.stringUnlessNull(Property.ROLE, server.route() == null ? role : roleOf(server));
        json.stringUnlessNull(Property.NODE, server.node());
        json.stringUnlessNull(Property.NODE_ROLE, server.nodeRole());
        json.stringUnlessNull(Property.ROUTE, server.route());
        if (server.retries() != 0) {
            json.number(Property.RETRIES, server.retries());
        }
        if (server.lagBytes() >= 0) {
            json.number(Property.LAG_BYTES, server.lagBytes());
        }
        ExecutionText.writeLsn(json, Property.MIN_LSN, server.minLsn());
        if (server.processId() != 0) {
            json.number(Property.PID, server.processId());
        }
        json.end();
    }

    /** The session's own word is its leader's. */
    private static String roleOf(ServerFacts server) {
        return "leader".equals(server.nodeRole()) ? "primary" : "standby";
    }
}
