package io.pgweir.docs;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code docs/configuration-reference.md}, made from {@code schemas/config.v1.json}: a row a key. */
final class ConfigurationReference {
    private static final List<String> NAMED = List.of("duration", "size", "file", "address", "socket", "url");
    private static final String HEAD = """
            # Every key of the configuration

            Made from [`schemas/config.v1.json`](../schemas/config.v1.json) by a test, which also says how to make it anew; not
            written by hand. What the keys mean together is told in [configuration.md](configuration.md).

            `[]` stands for each member of a list, `<name>` for a name of your choice. Required keys are **bold**: they are required where the
            section that they are in is there. *duration* is `500ms`, `5s`, `1m`, `1h`; *size* is `64KiB`, `16MiB`, `1GiB` or a number of bytes;
            *file* is a path, a relative one from the directory of the configuration; *address* is `host:port`; *socket* is an address or
            `unix:/dir/.s.PGSQL.port`.
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    static String of(JsonNode schema) {
        return new ConfigurationReference().page(schema);
    }

    private String page(JsonNode schema) {
        Set<String> required = required(schema);
        for (var section : schema.get("properties").properties()) {
            SchemaNode node = new SchemaNode(schema, section.getValue());
            page.append("\n## ").append(section.getKey()).append("\n\n");
            page.append("| key | is | default | meaning |\n|---|---|---|---|\n");
            row(section.getKey(), required.contains(section.getKey()), node);
            rows(section.getKey(), node);
        }
        return page.toString();
    }

    private void rows(String path, SchemaNode node) {
        for (SchemaNode mapping : node.mappings()) {
            Set<String> required = required(mapping.node());
            for (var property : mapping.node().get("properties").properties()) {
                SchemaNode value = node.at(property.getValue());
                String key = path + node.many() + "." + property.getKey();
                row(key, required.contains(property.getKey()), value);
                rows(key, value);
            }
        }
    }

    private void row(String key, boolean required, SchemaNode node) {
        JsonNode value = node.node().path("default");
        page.append(required ? "| **`" + key + "`** | " : "| `" + key + "` | ");
        page.append(node.kind(NAMED)).append(" | ");
        page.append(value.isMissingNode() ? "" : "`" + value.asString() + "`");
        page.append(" | ").append(node.description().replace("|", "\\|")).append(" |\n");
    }

    private static Set<String> required(JsonNode mapping) {
        return Set.copyOf(
                mapping.path("required").valueStream().map(JsonNode::asString).toList());
    }
}
