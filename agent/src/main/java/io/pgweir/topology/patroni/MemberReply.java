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
 * A member's own answer to {@code GET /patroni}: what Patroni before 4.1 does not say in {@code /cluster}.
 *
 * @param lsn of a leader what is written, of a standby what is replayed; -1 where it says none
 */
record MemberReply(long lsn, @Nullable String systemIdentifier) {

    /** @throws JacksonException where it is not JSON, or no object */
    static MemberReply read(byte[] json) {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ClusterReply.OddReply("no object");
            }
            Fields.read(parser, "", fields);
        }
        String location = fields.getOrDefault("xlog.location", fields.getOrDefault("xlog.replayed_location", ""));
        return new MemberReply(Fields.number(location), fields.get("database_system_identifier"));
    }
}
