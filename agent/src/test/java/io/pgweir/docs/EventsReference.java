package io.pgweir.docs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code docs/audit-events-reference.md}, made from {@code schemas/audit-event.v1.json}: a table a type, a row a property. */
final class EventsReference {
    private static final List<String> OBJECTS = List.of(
            "agent",
            "client",
            "tls",
            "server",
            "sql",
            "prepared",
            "rewritten",
            "parameter",
            "result",
            "copy_totals",
            "wal_totals",
            "execution_transaction",
            "rules",
            "left_out",
            "open",
            "opened_text",
            "opened_value");
    private static final List<String> VALUES =
            List.of("uuid7", "time", "sha256", "token", "fingerprint", "lsn", "port", "oid", "count", "sqlstate");
    private static final String HEAD = """
            # Every property of a record

            Made from [`schemas/audit-event.v1.json`](../schemas/audit-event.v1.json) by a test, which also says how to make it anew; not
            written by hand. What the properties mean together, with examples, is told in [audit-events.md](audit-events.md).

            Properties that every record of the type has are **bold**. *uuid7* is a UUID of version 7, *time* UTC in RFC 3339 with microseconds,
            *sha256* 64 hexadecimal digits, *token* 32, *count* a whole number from 0, *fingerprint* `fp1:` and hexadecimal digits, *lsn* a position
            in the WAL as PostgreSQL writes it.
            """;

    private final JsonNode schema;
    private final StringBuilder page = new StringBuilder(HEAD);

    private EventsReference(JsonNode schema) {
        this.schema = schema;
    }

    static String of(JsonNode schema) {
        return new EventsReference(schema).page();
    }

    private String page() {
        List<String> types = schema.at("/properties/type/enum")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        Set<String> all = shared(types);
        List<String> ofSessions =
                types.stream().filter(type -> properties(type).has("session")).toList();
        Set<String> session = shared(ofSessions);
        session.removeAll(all);
        section("In every record", "", types.getFirst(), all);
        section("In every record of a session", "", ofSessions.getFirst(), session);
        for (String type : types) {
            Set<String> own = new LinkedHashSet<>(properties(type).propertyNames());
            own.removeAll(all);
            own.removeIf(name -> session.contains(name) || name.equals("type"));
            addOverridden(type, all, own);
            section(type, definition(type).description() + "\n\n", type, own);
        }
        for (String object : OBJECTS) {
            section("Object " + object, definition(object).description() + "\n\n", object, names(object));
        }
        return page.toString();
    }

    /** What every type has, but tells in other words. */
    private void addOverridden(String type, Set<String> shared, Set<String> own) {
        for (String name : shared) {
            if (!name.equals("type") && properties(type).get(name).has("description")) {
                own.add(name);
            }
        }
    }

    private Set<String> shared(List<String> types) {
        Set<String> names = new LinkedHashSet<>(properties(types.getFirst()).propertyNames());
        types.forEach(type -> names.retainAll(names(type)));
        return names;
    }

    private void section(String title, String text, String definition, Set<String> names) {
        page.append("\n## ").append(title).append("\n\n").append(text);
        page.append("| property | is | meaning |\n|---|---|---|\n");
        rows("", definition(definition), names);
    }

    private void rows(String path, SchemaNode object, Set<String> names) {
        List<String> required = new ArrayList<>();
        object.node().path("required").forEach(name -> required.add(name.asString()));
        for (String name : names) {
            SchemaNode value = object.at(object.node().get("properties").get(name));
            row(path + name, required.contains(name), value);
            if (OBJECTS.stream().noneMatch(value.kind(namedAll())::contains)) {
                for (SchemaNode mapping : value.mappings()) {
                    rows(
                            path + name + value.many() + ".",
                            mapping,
                            new LinkedHashSet<>(mapping.node().get("properties").propertyNames()));
                }
            }
        }
    }

    private void row(String key, boolean required, SchemaNode node) {
        page.append(required ? "| **`" + key + "`** | " : "| `" + key + "` | ");
        page.append(key.equals("type") ? "the type" : kind(node)).append(" | ");
        page.append(key.equals("type") ? "One of those below." : node.description())
                .append(" |\n");
    }

    private static String kind(SchemaNode node) {
        String kind = node.kind(namedAll());
        for (String object : OBJECTS) {
            if (kind.equals(object) || kind.equals("list of " + object)) {
                return kind.replace(object, "[" + object + "](#object-" + object + ")");
            }
        }
        return kind;
    }

    private static List<String> namedAll() {
        List<String> named = new ArrayList<>(OBJECTS);
        named.addAll(VALUES);
        return named;
    }

    private SchemaNode definition(String name) {
        return new SchemaNode(schema, schema.get("$defs").get(name));
    }

    private JsonNode properties(String definition) {
        return schema.get("$defs").get(definition).get("properties");
    }

    private Set<String> names(String definition) {
        return new LinkedHashSet<>(properties(definition).propertyNames());
    }
}
