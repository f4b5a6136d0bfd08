package io.pgweir.topology.patroni;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A member's own answer to {@code GET /patroni}: what {@code /cluster} does not say.
 *
 * @param inRecovery as its server said: a leader that has the lock is promoted a little later
 * @param lsn of a leader what is written, of a standby what is replayed; -1 where it says none
 */
record MemberReply(boolean inRecovery, long lsn, @Nullable String systemIdentifier) {

    /** @throws JacksonException where it is not JSON, or no object */
    static MemberReply read(byte[] json) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ClusterReply.OddReply("no object");
            }
            Fields.read(parser, "", fields);
        }
        String replayed = fields.get("xlog.replayed_location");
        long lsn = Fields.number(fields.getOrDefault("xlog.location", replayed == null ? "" : replayed));
        return new MemberReply(replayed != null, lsn, fields.get("database_system_identifier"));
    }
}
