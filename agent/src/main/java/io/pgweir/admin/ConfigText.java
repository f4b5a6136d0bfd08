package io.pgweir.admin;

import io.pgweir.config.HostPort;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The configuration as it runs, defaults included, under the names that its file has. What may be secret is not told: of settings that
 * pgweir passes on, all but those that are known to be harmless; of its own, whatever is called like a secret and is no file's
 * path; of addresses, who logs in with what.
 */
final class ConfigText {
    private static final String REDACTED = "[redacted]";
    private static final Pattern SECRET =
            Pattern.compile("password|passphrase|secret|token|credential|api-?key|private|jaas|authorization");
    private static final Pattern HARMLESS = Pattern.compile(
            "acks|linger\\.ms|client\\.(id|rack|dns\\.lookup)|enable\\.idempotence|retries|security\\.protocol|sasl\\.mechanism"
                    + "|compression\\.(type|[a-z0-9]+\\.level)|max\\.in\\.flight\\.requests\\.per\\.connection"
                    + "|ssl\\.(protocol|enabled\\.protocols|truststore\\.type|keystore\\.type|endpoint\\.identification\\.algorithm)"
                    + "|[a-z.]+\\.(ms|bytes|size)");
    private static final Pattern USER_INFO = Pattern.compile("//[^/?#\\s]*@");
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private final JsonGenerator json;

    ConfigText(JsonGenerator json) {
        this.json = json;
    }

    /** The members of {@code section}, without braces. */
    void writeMembers(Record section) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            String name = kebab(component.getName());
            json.writeName(name);
            write(name, value(section, component));
        }
    }

    private static @Nullable Object value(Record section, RecordComponent component) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException notPublic) {
            throw new IllegalStateException(notPublic);
        }
    }

    private void write(String name, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case Path path -> json.writeString(path.toString());
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Enum<?> word -> json.writeString(kebab(word.name().toLowerCase(Locale.ROOT)));
            case Duration duration -> json.writeString(words(duration));
            case HostPort address -> json.writeString(address.toString());
            case Record section -> writeSection(section);
            case Map<?, ?> map -> writeMap(map);
            case Collection<?> all -> {
                json.writeStartArray();
                all.forEach(one -> write(name, one));
                json.writeEndArray();
            }
            case URI uri -> json.writeString(withoutUser(uri.toString()));
            default -> json.writeString(SECRET.matcher(name).find() ? REDACTED : withoutUser(value.toString()));
        }
    }

    /** One of several kinds stands under the name of its kind, as in the file. */
    private void writeSection(Record section) {
        boolean oneOfSeveral = section.getClass().getInterfaces().length > 0;
        json.writeStartObject();
        if (oneOfSeveral) {
            json.writeName(kebab(section.getClass().getSimpleName()).replace("cloud-watch", "cloudwatch"));
            json.writeStartObject();
        }
        writeMembers(section);
        if (oneOfSeveral) {
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void writeMap(Map<?, ?> map) {
        json.writeStartObject();
        new TreeMap<>(byName(map)).forEach((name, value) -> {
            json.writeName(name);
            if (value instanceof String && !HARMLESS.matcher(name).matches()) {
                json.writeString(REDACTED);
            } else {
                write(name, value);
            }
        });
        json.writeEndObject();
    }

    private static Map<String, Object> byName(Map<?, ?> map) {
        Map<String, Object> named = new TreeMap<>();
        map.forEach((name, value) -> named.put(
                name instanceof Enum<?> word ? kebab(word.name().toLowerCase(Locale.ROOT)) : name.toString(), value));
        return named;
    }

    private static String words(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }

    private static String withoutUser(String text) {
        return USER_INFO.matcher(text).replaceAll("//" + REDACTED + "@");
    }

    private static String kebab(String name) {
        return HUMP.matcher(name).replaceAll("-").replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
