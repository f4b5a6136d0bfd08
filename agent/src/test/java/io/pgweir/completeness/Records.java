package io.pgweir.completeness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The records of an NDJSON file. */
final class Records {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Records() {}

    static List<JsonNode> of(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    }
}
