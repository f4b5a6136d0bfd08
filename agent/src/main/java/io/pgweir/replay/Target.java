package io.pgweir.replay;

import io.pgweir.capture.CaptureRecord.SessionOpen;
import io.pgweir.capture.CaptureRecord.Setting;
import io.pgweir.config.HostPort;
import io.pgweir.config.ServerTlsConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server that a capture is run on.
 *
 * @param database that all sessions use; null for each session's own
 * @param connectTimeout for a connection, and for TLS
 * @param answerTimeout after which a server that owes an answer and says nothing counts as lost
 */
public record Target(
        HostPort address,
        Logins logins,
        @Nullable String database,
        ServerTlsConfig tls,
        Duration connectTimeout,
        Duration answerTimeout) {
    /** Parameters that are not the captured session's. */
    private static final Set<String> GIVEN = Set.of("user", "database");

    /**
     * Of the startup packet of a session.
     *
     * @param readOnly whether its transactions are READ ONLY by default
     */
    List<Map.Entry<String, String>> parameters(SessionOpen open, boolean readOnly) {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        list.add(Map.entry("user", logins.of(open.user()).user(open.user())));
        list.add(Map.entry("database", database == null ? open.database() : database));
        for (Setting each : open.parameters()) {
            if (!GIVEN.contains(each.name())) {
                list.add(Map.entry(each.name(), each.value()));
            }
        }
        if (readOnly) {
            list.add(Map.entry(SessionRestore.READ_ONLY, "on"));
        }
        return list;
    }
}
