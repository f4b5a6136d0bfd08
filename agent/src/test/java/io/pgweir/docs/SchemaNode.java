package io.pgweir.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A place in a JSON Schema, as a page tells it: {@code node} as written, {@code root} for what it refers to. */
record SchemaNode(JsonNode root, JsonNode node) {

    /** Of the place itself, else of what it refers to. */
    String description() {
        return chain().filter(node -> node.has("description"))
                .findFirst()
                .map(node -> node.get("description").asString())
                .orElse("");
    }

    /** The last of the places that refer to each other, the one that has the properties. */
    SchemaNode resolved() {
        return new SchemaNode(root, chain().reduce((first, second) -> second).orElseThrow());
    }

    SchemaNode at(JsonNode other) {
        return new SchemaNode(root, other);
    }

    /** This mapping, or the mappings that may stand here, or that this is a list or a table of. */
    List<SchemaNode> mappings() {
        JsonNode place = resolved().node;
        List<SchemaNode> found = new ArrayList<>();
        if (place.has("properties")) {
            found.add(at(place));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (place.has(choice)) {
                place.get(choice).forEach(one -> found.addAll(at(one).mappings()));
            }
        }
        inner().ifPresent(one -> found.addAll(one.mappings()));
        return found;
    }

    /** What stands behind a key's name where its members are many: {@code []} for lists, {@code .<name>} for tables. */
    String many() {
        JsonNode place = resolved().node;
        if (place.has("items")) {
            return "[]";
        }
        return place.path("additionalProperties").isObject() ? ".<name>" : "";
    }

    private Optional<SchemaNode> inner() {
        JsonNode place = resolved().node;
        if (place.has("items")) {
            return Optional.of(at(place.get("items")));
        }
        return place.path("additionalProperties").isObject()
                ? Optional.of(at(place.get("additionalProperties")))
                : Optional.empty();
    }

    /** In words; names of {@code $defs} for what {@code named} has. */
    String kind(List<String> named) {
        Optional<String> name = chain().filter(node -> node.has("$ref"))
                .map(node -> node.get("$ref").asString())
                .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                .filter(named::contains)
                .findFirst();
        return name.orElseGet(() -> resolved().ownKind(named));
    }

    private String ownKind(List<String> named) {
        if (node.has("enum")) {
            return words(node.get("enum").valueStream());
        }
        if (node.has("const")) {
            return words(Stream.of(node.get("const")));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (node.has(choice)) {
                return node.get(choice)
                        .valueStream()
                        .map(one -> at(one).kind(named))
                        .distinct()
                        .collect(Collectors.joining(" or "));
            }
        }
        if (node.has("items")) {
            return "list of " + at(node.get("items")).kind(named);
        }
        return range(type());
    }

    private String type() {
        JsonNode type = node.path("type");
        return type.isArray()
                ? type.valueStream().map(JsonNode::asString).collect(Collectors.joining(" or "))
                : type.asString();
    }

    private String range(String type) {
        if (node.has("minimum") && node.has("maximum")) {
            return type + ", " + node.get("minimum").asString() + " to "
                    + node.get("maximum").asString();
        }
        return type.equals("object") ? "mapping" : type;
    }

    private static String words(Stream<JsonNode> values) {
        return values.map(value -> "`" + (value.isValueNode() ? value.asString() : value.toString()) + "`")
                .collect(Collectors.joining(", "));
    }

    /** This place, what it refers to, and so on. */
    private Stream<JsonNode> chain() {
        return Stream.iterate(
                node,
                place -> place != null,
                place ->
                        place.has("$ref") ? root.at(place.get("$ref").asString().substring(1)) : null);
    }
}
