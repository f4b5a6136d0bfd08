package io.pgweir.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, asked for its keys by those who know them; {@link #end()} tells of the keys that nobody asked for.
 *
 * <p>Every reader of a value returns the given default where the key is absent and where its value is a fault, so that the
 * reading goes on and finds the next fault. Nothing is made of the result of a reading with faults. What a value may be is known to
 * {@link Value} and {@link FilePlace}; which keys there are, and which were asked for, stands here.
 */
public final class Section {
    private final Node node;
    private final String path;
    private final Path directory;
    private final Faults faults;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    /**
     * @param path dotted, of this section; empty for the root
     * @param directory that relative paths start from
     */
    private Section(Node node, String path, Path directory, Faults faults) {
        this.node = node;
        this.path = path;
        this.directory = directory;
        this.faults = faults;
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::enter);
        }
    }

    /** Empty, after a fault, where the node is no mapping. */
    static Section of(Node node, String path, Path directory, Faults faults) {
        if (!(node instanceof MappingNode)) {
            faults.add(node, (path.isEmpty() ? "" : path + ": ") + Value.found(node) + " (expected: a mapping)");
        }
        return new Section(node, path, directory, faults);
    }

    private void enter(NodeTuple entry) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            faults.add(entry.getKeyNode(), in() + Value.found(entry.getKeyNode()) + " as a key (expected: a name)");
            return;
        }
        NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
        if (first != null) {
            int line = first.getKeyNode()
                    .getStartMark()
                    .map(mark -> mark.getLine() + 1)
                    .orElse(0);
            faults.add(key, in() + "key `" + key.getValue() + "` again (expected: once; first on line " + line + ")");
        }
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public Set<String> keys() {
        return Set.copyOf(entries.keySet());
    }

    public void require(String... keys) {
        for (String key : keys) {
            if (!has(key)) {
                faults.add(node, in() + "required key `" + key + "` is missing");
            }
        }
    }

    public void fault(String message) {
        faults.add(node, in() + message);
    }

    /** Adds a fault at the key's value, or at the section where the key is absent. */
    public void fault(String key, String message) {
        NodeTuple entry = entries.get(key);
        faults.add(entry == null ? node : entry.getValueNode(), in() + message);
    }

    /** Two keys that mean something only together. */
    void bothOrNone(String one, String other) {
        if (has(one) != has(other)) {
            String given = has(one) ? one : other;
            fault(given, given + " alone (expected: " + (has(one) ? other : one) + " beside it)");
        }
    }

    public String text(String key) {
        Value value = ask(key);
        return value == null ? "" : value.text();
    }

    public int integer(String key, int absent, int min, int max) {
        Value value = ask(key);
        return value == null ? absent : value.integer(absent, min, max);
    }

    int bytes(String key, int absent, int min, int max) {
        return (int) size(key, absent, min, max);
    }

    /** In bytes. */
    public long size(String key, long absent, long min, long max) {
        Value value = ask(key);
        return value == null ? absent : value.size(absent, min, max);
    }

    public Duration duration(String key, Duration absent, Duration min, Duration max) {
        Value value = ask(key);
        return value == null ? absent : value.duration(absent, min, max);
    }

    public boolean flag(String key, boolean absent) {
        Value value = ask(key);
        return value == null ? absent : value.flag(absent);
    }

    /** One of {@code words}. */
    public String word(String key, String absent, List<String> words) {
        Value value = ask(key);
        return value == null ? absent : value.word(absent, words);
    }

    /** A mapping of names that the user chose to scalars of any kind, in the file's order. */
    public Map<String, String> texts(String key) {
        Section names = section(key);
        Map<String, String> values = new LinkedHashMap<>();
        if (names != null) {
            names.entries.forEach((name, entry) -> {
                Value value = names.value(entry.getValueNode(), name);
                String text = value.scalar();
                if (text == null) {
                    value.expected("a text");
                } else {
                    values.put(name, text);
                }
            });
        }
        return values;
    }

    /** A mapping of names that the user chose to whole numbers. */
    Map<String, Integer> integers(String key, int min, int max) {
        Section names = section(key);
        Map<String, Integer> values = new LinkedHashMap<>();
        if (names != null) {
            names.entries.keySet().forEach(name -> values.put(name, names.integer(name, min, min, max)));
        }
        return values;
    }

    /** Whether {@code key} is there with a mapping. */
    public boolean isMapping(String key) {
        NodeTuple entry = entries.get(key);
        return entry != null && entry.getValueNode() instanceof MappingNode;
    }

    /** Whether {@code key} is there with nothing: {@code null}, {@code ~} or blanks. */
    public boolean isNull(String key) {
        NodeTuple entry = entries.get(key);
        return entry != null && entry.getValueNode().getTag().equals(Tag.NULL);
    }

    /** Asks for a key that is not there, so that a fault tells that it could be. */
    public @Nullable String absent(String key) {
        ask(key);
        return null;
    }

    /** One of an enum's constants, as kebab-case. */
    public <E extends Enum<E>> E oneOf(String key, E absent) {
        Value value = ask(key);
        return value == null ? absent : value.oneOf(absent);
    }

    /** A constant, or a list of them with each once; none where the key is absent. */
    <E extends Enum<E>> List<E> oneOrMore(String key, E any) {
        Value value = ask(key);
        return value == null ? List.of() : value.oneOrMore(any);
    }

    /** Of an existing file that can be read, or null where the key is absent. */
    @Nullable
    Path readableFile(String key) {
        FilePlace place = place(key);
        return place == null ? null : place.toRead();
    }

    /** Of existing files that can be read; empty where the key is absent. */
    List<Path> readableFiles(String key) {
        List<Path> files = new ArrayList<>();
        if (!has(key)) {
            ask(key);
            return files;
        }
        for (Item item : list(key)) {
            Path file = FilePlace.of(item.text(), directory, item::fault).toRead();
            if (file != null) {
                files.add(file);
            }
        }
        return files;
    }

    /** Of a file that may come to be in a directory that is there; null where the key is absent. */
    @Nullable
    Path fileToWrite(String key) {
        FilePlace place = place(key);
        return place == null ? null : place.toWrite();
    }

    /** Of a directory that is there or can be made in one that is; null where the key is absent. */
    @Nullable
    Path directoryToMake(String key) {
        FilePlace place = place(key);
        return place == null ? null : place.toMake();
    }

    private @Nullable FilePlace place(String key) {
        Value value = ask(key);
        String text = value == null ? "" : value.text();
        return value == null || text.isEmpty() ? null : FilePlace.of(text, directory, value::fault);
    }

    HostPort address(String key, String hostDefault) {
        Value value = ask(key);
        return value == null ? new HostPort(hostDefault, 0) : value.address(hostDefault, HostPort::parse);
    }

    /** As {@link #address}, or a Unix-domain socket. */
    HostPort socket(String key, String hostDefault) {
        Value value = ask(key);
        return value == null ? new HostPort(hostDefault, 0) : value.address(hostDefault, HostPort::parseSocket);
    }

    List<HostPort> addresses(String key, String hostDefault) {
        return items(key).stream()
                .map(item -> item.address(hostDefault, HostPort::parse))
                .toList();
    }

    /** As {@link #addresses}, Unix-domain sockets too. */
    List<HostPort> sockets(String key, String hostDefault) {
        return items(key).stream()
                .map(item -> item.address(hostDefault, HostPort::parseSocket))
                .toList();
    }

    /** Null where the key is absent: the section's defaults hold. */
    public @Nullable Section section(String key) {
        Value value = ask(key);
        return value == null ? null : below(value.node(), key);
    }

    public List<Section> sections(String key) {
        return items(key).stream().map(item -> below(item.node(), item.name())).toList();
    }

    /** As {@link #sections}, where a word alone stands for itself with an empty mapping. */
    public List<Section> choices(String key) {
        return items(key).stream()
                .map(item -> below(item.choice(), item.name()))
                .toList();
    }

    /** A scalar of any kind, or null where the key is absent. */
    public @Nullable Item item(String key) {
        Value value = ask(key);
        return value == null ? null : value.item();
    }

    /** One scalar or a list of them; empty, after a fault, where the list is. */
    public List<Item> list(String key) {
        NodeTuple entry = entries.get(key);
        if (entry != null && entry.getValueNode() instanceof ScalarNode) {
            Item only = item(key);
            return only == null ? List.of() : List.of(only);
        }
        List<Item> list = new ArrayList<>();
        for (Value each : items(key)) {
            Item item = value(each.node(), key).item();
            if (item != null) {
                list.add(item);
            }
        }
        return list;
    }

    /** Values that may be null, as a list; empty where the key is absent. */
    public List<@Nullable String> nullableTexts(String key) {
        List<@Nullable String> list = new ArrayList<>();
        if (has(key)) {
            for (Value item : items(key)) {
                list.add(item.node().getTag().equals(Tag.NULL) ? null : item.scalar());
            }
        }
        return list;
    }

    /** Line of the section's first character, from 1. */
    public int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** A mapping whose keys are names that the user chose, in the file's order. */
    public <T> Map<String, T> named(String key, Function<Section, T> reader) {
        Section names = section(key);
        Map<String, T> values = new LinkedHashMap<>();
        if (names != null) {
            if (names.entries.isEmpty() && names.node instanceof MappingNode) {
                value(names.node, key).expected("at least one");
            }
            for (Map.Entry<String, NodeTuple> entry : names.entries.entrySet()) {
                if (entry.getKey().isBlank()) {
                    faults.add(entry.getValue().getKeyNode(), names.in() + "an empty name (expected: a name)");
                }
                values.put(
                        entry.getKey(),
                        reader.apply(names.below(entry.getValue().getValueNode(), entry.getKey())));
            }
        }
        return values;
    }

    /** Names the keys that nobody asked for. Call it after the last question. */
    public void end() {
        for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
            if (!asked.contains(entry.getKey())) {
                faults.add(
                        entry.getValue().getKeyNode(),
                        in() + "unknown key `" + Value.printable(entry.getKey()) + "` (expected: "
                                + String.join(", ", asked) + ")" + NearName.hint(entry.getKey(), unused()));
            }
        }
    }

    /** {@link #end()}, where one key or another must be there. */
    public void endNotEmpty() {
        end();
        if (entries.isEmpty() && node instanceof MappingNode) {
            fault("an empty mapping (expected: one of " + String.join(", ", asked) + ")");
        }
    }

    private Collection<String> unused() {
        return asked.stream().filter(key -> !has(key)).toList();
    }

    private Section below(Node value, String key) {
        return of(value, path.isEmpty() ? key : path + "." + key, directory, faults);
    }

    private List<Value> items(String key) {
        Value value = ask(key);
        return value == null ? List.of() : value.items();
    }

    private @Nullable Value ask(String key) {
        asked.add(key);
        NodeTuple entry = entries.get(key);
        return entry == null ? null : value(entry.getValueNode(), key);
    }

    private Value value(Node of, String key) {
        return new Value(of, key, in(), faults);
    }

    private String in() {
        return path.isEmpty() ? "" : path + ": ";
    }
}
