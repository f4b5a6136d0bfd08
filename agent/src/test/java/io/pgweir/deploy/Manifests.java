package io.pgweir.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.ConfigReader;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Objects of Kubernetes, as a YAML file has them. */
final class Manifests {
    static final Path ROOT = Path.of(System.getProperty("pgweir.root", "..")).toAbsolutePath();

    /** Of the Prometheus operator, which Kubernetes itself does not know. */
    private static final String SERVICE_MONITOR = "ServiceMonitor";

    /** Of a configuration: what a Secret or a volume has to bring. */
    private static final Pattern MOUNTED = Pattern.compile("\\b(?:token-file|ca|cert|key)\"?: ?\"?(/[^\\s\",}]+)");

    private Manifests() {}

    static List<JsonObject> parse(String yaml) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
            if (document instanceof Map<?, ?> map) {
                objects.add(new Gson().toJsonTree(map).getAsJsonObject());
            }
        }
        return objects;
    }

    static String kind(JsonObject object) {
        return object.get("kind").getAsString();
    }

    static JsonObject of(List<JsonObject> objects, String kind) {
        List<JsonObject> found =
                objects.stream().filter(object -> kind(object).equals(kind)).toList();
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }

    /** Every field is one that Kubernetes has at this place, and none is missing that it wants. */
    static void check(JsonObject object) {
        if (!kind(object).equals(SERVICE_MONITOR)) {
            assertThatCode(() -> validate(object)).as(kind(object)).doesNotThrowAnyException();
        }
    }

    /** @throws IllegalArgumentException with what is wrong with it */
    static void validate(JsonObject object) throws ReflectiveOperationException {
        String version = object.get("apiVersion").getAsString();
        version = version.substring(version.indexOf('/') + 1);
        Class<?> type = Class.forName("io.kubernetes.client.openapi.models."
                + Character.toUpperCase(version.charAt(0))
                + version.substring(1)
                + kind(object));
        Method validate = type.getMethod("validateJsonElement", JsonElement.class);
        try {
            validate.invoke(null, object);
        } catch (InvocationTargetException invalid) {
            if (invalid.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw invalid;
        }
    }

    /** As the agent would read it, if {@code dir} were /var/lib/pgweir and all that is mounted. */
    static AgentConfig read(String config, Path dir) throws IOException, ConfigException {
        String here = config.replaceAll("/(var/lib|var/log|run|etc)/pgweir", dir.toString());
        for (MatchResult mounted : MOUNTED.matcher(here).results().toList()) {
            Path file = Path.of(mounted.group(1));
            if (file.startsWith(dir) && !Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, "secret");
            }
        }
        return ConfigReader.read(Files.writeString(dir.resolve("pgweir.yaml"), here));
    }

    static AgentConfig configuration(List<JsonObject> objects, Path dir) throws IOException, ConfigException {
        return read(
                of(objects, "ConfigMap")
                        .getAsJsonObject("data")
                        .get("pgweir.yaml")
                        .getAsString(),
                dir);
    }
}
