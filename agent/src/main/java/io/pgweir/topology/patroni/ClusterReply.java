package io.pgweir.topology.patroni;

import io.pgweir.config.HostPort;
import io.pgweir.topology.Claim;
import io.pgweir.topology.Member;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.NodeState;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/**
 * An answer to {@code GET /cluster}.
 *
 * <pre>{@code
 * {"members": [{"name": "n1", "role": "sync_standby", "state": "streaming", "api_url": "http://127.0.0.1:8009/patroni",
 *               "host": "127.0.0.1", "port": 5433, "timeline": 1, "lag": 0, "tags": {"noloadbalance": true}}], ...}
 * }</pre>
 *
 * @param apis where each member's own Patroni is, by the member's name
 * @param notes members that were left out, and why
 */
record ClusterReply(List<Member> members, Map<String, URI> apis, List<String> notes) {
    static final int MEMBERS_MAX = 1000;

    /**
     * @param source who answered
     * @throws JacksonException where it is not JSON, or JSON of another kind
     */
    static ClusterReply read(byte[] json, String source) {
        List<Member> members = new ArrayList<>();
        Map<String, URI> apis = new HashMap<>();
        List<String> notes = new ArrayList<>();
        for (Map<String, String> fields : memberFields(json)) {
            String name = fields.getOrDefault("name", "");
            Member member = member(fields, source);
            if (member == null || members.size() == MEMBERS_MAX || apis.containsKey(name)) {
                notes.add("member " + (name.isEmpty() ? "without a name" : name) + " left out: " + fault(fields, apis));
                continue;
            }
            members.add(member);
            apis.put(name, uri(fields.getOrDefault("api_url", "")));
        }
        return new ClusterReply(members, apis, notes);
    }

    /** Of the leader that it names; -1 where it names none. */
    int leaderTimeline() {
        for (Member member : members) {
            Claim claim = member.claim();
            if (claim != null && claim.role() == NodeRole.LEADER) {
                return claim.timeline();
            }
        }
        return -1;
    }

    /** Scalars by their key, tags by {@code tags.} and theirs; anything else is overlooked. */
    private static List<Map<String, String>> memberFields(byte[] json) {
        List<Map<String, String>> members = new ArrayList<>();
        boolean found = false;
        try (JsonParser parser = new JsonFactory().createParser(tools.jackson.core.ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new OddReply("no object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!key.equals("members") || value != JsonToken.START_ARRAY) {
                    parser.skipChildren();
                    continue;
                }
                found = true;
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                    Map<String, String> fields = new LinkedHashMap<>();
                    if (item == JsonToken.START_OBJECT) {
                        Fields.read(parser, "", fields);
                    } else {
                        parser.skipChildren();
                    }
                    members.add(fields);
                }
            }
        }
        if (!found) {
            throw new OddReply("no members in it");
        }
        return members;
    }

    /** JSON, and not what Patroni says. */
    static final class OddReply extends JacksonException {
        OddReply(String message) {
            super(message);
        }
    }

    private static @Nullable Member member(Map<String, String> fields, String source) {
        String name = fields.getOrDefault("name", "");
        String host = bare(fields.getOrDefault("host", ""));
        long port = Fields.number(fields.getOrDefault("port", "5432"));
        if (name.isBlank() || host.isBlank() || port < 1 || port > 65535) {
            return null;
        }
        String state = fields.getOrDefault("state", "no state");
        Map<String, String> tags = new HashMap<>();
        fields.forEach((key, value) -> {
            if (key.startsWith("tags.")) {
                tags.put(key.substring("tags.".length()), value);
            }
        });
        Claim claim = new Claim(
                role(fields.getOrDefault("role", "")),
                NodeState.of(state),
                state,
                Math.clamp(Fields.number(fields.getOrDefault("timeline", "")), 0, Integer.MAX_VALUE),
                Fields.lsn(fields.getOrDefault("replay_lsn", "")),
                Fields.number(fields.getOrDefault("replay_lag", "")),
                Fields.number(fields.getOrDefault("lag", "")),
                tags,
                null,
                source);
        return new Member(name, new HostPort(host, (int) port), null, claim);
    }

    private static String fault(Map<String, String> fields, Map<String, URI> apis) {
        if (fields.getOrDefault("name", "").isBlank()) {
            return "no name";
        }
        if (apis.containsKey(fields.get("name"))) {
            return "the name again";
        }
        if (fields.getOrDefault("host", "").isBlank()) {
            return "no host";
        }
        return apis.size() == MEMBERS_MAX ? "more than " + MEMBERS_MAX : "port " + fields.get("port");
    }

    /** An IPv6 address may come in brackets. */
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static NodeRole role(String word) {
        return switch (word) {
            case "leader", "primary", "master" -> NodeRole.LEADER;
            case "standby_leader" -> NodeRole.STANDBY_LEADER;
            case "sync_standby", "quorum_standby" -> NodeRole.SYNC;
            case "replica" -> NodeRole.ASYNC;
            default -> NodeRole.UNKNOWN;
        };
    }

    private static final URI NONE = URI.create("");

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException notOne) {
            return NONE;
        }
    }
}
