package io.pgweir.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Text to one tree of YAML 1.2 nodes, each with its line and column.
 *
 * <p>Reads twice: first as events, which need no recursion, to refuse what would be expensive as a tree.
 */
final class YamlDocument {
    private static final int DEPTH_MAX = 32;
    private static final int ALIASES_MAX = 64;

    private final String needed;
    private final Faults faults;
    private final LoadSettings settings;

    /**
     * @param charsMax of the text, at most
     * @param needed what a document must have, for one that is empty
     */
    YamlDocument(String name, int charsMax, String needed, Faults faults) {
        this.needed = needed;
        this.faults = faults;
        this.settings = LoadSettings.builder()
                .setLabel(name)
                .setSchema(new CoreSchema())
                .setAllowNonScalarKeys(true)
                .setCodePointLimit(charsMax)
                .build();
    }

    /** The root, or null after a fault. */
    @Nullable
    Node read(String text) {
        try {
            if (!bounded(text)) {
                return null;
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                faults.add(1, 1, "nothing in it (expected: " + needed + ")");
            }
            return root.orElse(null);
        } catch (MarkedYamlEngineException e) {
            faults.add(e.getProblemMark().or(e::getContextMark), "not YAML: " + problem(e));
        } catch (YamlVersionException _) {
            faults.add(1, 1, "not YAML 1.2 (expected: a %YAML line of 1.x, or none)");
        } catch (YamlEngineException e) {
            faults.add(0, 0, "not YAML: " + oneLine(String.valueOf(e.getMessage())));
        }
        return null;
    }

    private boolean bounded(String text) {
        Extent extent = new Extent();
        for (Event event : new Parse(settings).parseString(text)) {
            String excess = extent.on(event);
            if (excess != null) {
                faults.add(event.getStartMark(), excess);
                return false;
            }
        }
        return true;
    }

    /** How much of everything the events so far hold. */
    private static final class Extent {
        private int documents;
        private int aliases;
        private int depth;

        /** What is too much with this event, or null. */
        @Nullable
        String on(Event event) {
            switch (event) {
                case DocumentStartEvent _ -> documents++;
                case AliasEvent _ -> aliases++;
                case CollectionStartEvent _ -> depth++;
                case CollectionEndEvent _ -> depth--;
                default -> {}
            }
            if (documents > 1) {
                return "a second document (expected: one)";
            }
            if (aliases > ALIASES_MAX) {
                return aliases + " aliases (expected: at most " + ALIASES_MAX + ")";
            }
            return depth > DEPTH_MAX ? "nested " + depth + " deep (expected: at most " + DEPTH_MAX + ")" : null;
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : " " + e.getContext();
        return oneLine(e.getProblem() + context);
    }

    /** The library quotes what it met, whatever it was. */
    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
