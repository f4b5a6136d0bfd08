package io.pgweir.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, asked for its keys by those who know them; {@link #end()} tells of the keys that nobody asked for.
 *
 * <p>Every reader of a value returns the given default where the key is absent and where its value is a fault, so that the
 * reading goes on and finds the next fault. Nothing is made of the result of a reading with faults. Long, as it is one question a
 * kind of value, over one set of keys that were asked for.
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
            faults.add(node, (path.isEmpty() ? "" : path + ": ") + found(node) + " (expected: a mapping)");
        }
        return new Section(node, path, directory, faults);
    }

    private void enter(NodeTuple entry) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            faults.add(entry.getKeyNode(), in() + found(entry.getKeyNode()) + " as a key (expected: a name)");
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
        Node value = ask(key);
        if (value == null) {
            return "";
        }
        String text = scalar(value);
        if (text == null || !value.getTag().equals(Tag.STR) || text.isBlank()) {
            expected(value, key, "a string that is not empty");
            return "";
        }
        return text;
    }

    public int integer(String key, int absent, int min, int max) {
        Node value = ask(key);
        if (value == null) {
            return absent;
        }
        OptionalLong number = value.getTag().equals(Tag.INT) ? wholeNumber(scalar(value)) : OptionalLong.empty();
        if (number.isEmpty() || number.getAsLong() < min || number.getAsLong() > max) {
            expected(value, key, min == max ? String.valueOf(min) : "a whole number from " + min + " to " + max);
            return absent;
        }
        return (int) number.getAsLong();
    }

    /** Decimal only: YAML's {@code 0o17} and {@code 0x1f} are more likely mistakes here. */
    private static OptionalLong wholeNumber(@Nullable String text) {
        return text != null && text.matches("[+-]?[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    int bytes(String key, int absent, int min, int max) {
        return (int) size(key, absent, min, max);
    }

    /** In bytes. */
    public long size(String key, long absent, long min, long max) {
        Node value = ask(key);
        if (value == null) {
            return absent;
        }
        String text = scalar(value);
        OptionalLong bytes = text == null ? OptionalLong.empty() : Quantity.bytes(text);
        if (bytes.isEmpty() || bytes.getAsLong() < min || bytes.getAsLong() > max) {
            expected(
                    value,
                    key,
                    "a size from " + Quantity.ofBytes(min) + " to " + Quantity.ofBytes(max)
                            + ", such as 64KiB or 16MiB");
            return absent;
        }
        return bytes.getAsLong();
    }

    public Duration duration(String key, Duration absent, Duration min, Duration max) {
        Node value = ask(key);
        if (value == null) {
            return absent;
        }
        String text = scalar(value);
        OptionalLong millis = text == null ? OptionalLong.empty() : Quantity.millis(text);
        if (millis.isEmpty() || millis.getAsLong() < min.toMillis() || millis.getAsLong() > max.toMillis()) {
            expected(
                    value,
                    key,
                    "a duration from " + Quantity.of(min) + " to " + Quantity.of(max) + ", such as 500ms, 5s or 1m");
            return absent;
        }
        return Duration.ofMillis(millis.getAsLong());
    }

    public boolean flag(String key, boolean absent) {
        Node value = ask(key);
        if (value == null) {
            return absent;
        }
        if (!value.getTag().equals(Tag.BOOL)) {
            expected(value, key, "true or false");
            return absent;
        }
        return "true".equalsIgnoreCase(scalar(value));
    }

    /** One of {@code words}. */
    public String word(String key, String absent, List<String> words) {
        Node value = ask(key);
        String text = value == null ? absent : scalar(value);
        if (value != null && (text == null || !words.contains(text))) {
            expected(value, key, String.join(", ", words), text == null ? "" : NearName.hint(text, words));
            return absent;
        }
        return text == null ? absent : text;
    }

    /** A mapping of names that the user chose to scalars of any kind, in the file's order. */
    public Map<String, String> texts(String key) {
        Section names = section(key);
        Map<String, String> values = new LinkedHashMap<>();
        if (names != null) {
            names.entries.forEach((name, entry) -> {
                String text = scalar(entry.getValueNode());
                if (text == null) {
                    names.expected(entry.getValueNode(), name, "a text");
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
        Node value = ask(key);
        return value == null ? absent : oneOf(value, key, absent);
    }

    /** A constant, or a list of them with each once; none where the key is absent. */
    <E extends Enum<E>> List<E> oneOrMore(String key, E any) {
        Node value = ask(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof SequenceNode)) {
            return List.of(oneOf(value, key, any));
        }
        List<E> constants = new ArrayList<>();
        for (Node item : items(key)) {
            E constant = oneOf(item, key + "[" + constants.size() + "]", any);
            if (constants.contains(constant)) {
                faults.add(item, in() + key + ": " + kebab(constant) + " again (expected: each once)");
            }
            constants.add(constant);
        }
        return constants;
    }

    private <E extends Enum<E>> E oneOf(Node value, String key, E absent) {
        List<E> constants = Arrays.asList(absent.getDeclaringClass().getEnumConstants());
        String text = scalar(value);
        for (E constant : constants) {
            if (kebab(constant).equals(text)) {
                return constant;
            }
        }
        List<String> words = constants.stream().map(Section::kebab).toList();
        expected(
                value,
                key,
                String.join(", ", words),
                text == null || words.size() == 1 ? "" : NearName.hint(text, words));
        return absent;
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Of an existing file that can be read, or null where the key is absent. */
    @Nullable
    Path readableFile(String key) {
        Path file = path(key);
        if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            fault(
                    key,
                    key + ": " + file + (Files.exists(file) ? " cannot be read" : " does not exist")
                            + " (expected: a file that can be read)");
        }
        return file;
    }

    /** Of existing files that can be read; empty where the key is absent. */
    List<Path> readableFiles(String key) {
        List<Path> files = new ArrayList<>();
        if (!has(key)) {
            ask(key);
            return files;
        }
        for (Item item : list(key)) {
            try {
                Path file = directory.resolve(item.text()).normalize();
                if (!(Files.isRegularFile(file) && Files.isReadable(file))) {
                    item.fault(file + (Files.exists(file) ? " cannot be read" : " does not exist")
                            + " (expected: a file that can be read)");
                }
                files.add(file);
            } catch (InvalidPathException _) {
                item.fault('"' + printable(item.text()) + "\" (expected: the path of a file)");
            }
        }
        return files;
    }

    /** Of a file that may come to be in a directory that is there; null where the key is absent. */
    @Nullable
    Path fileToWrite(String key) {
        Path file = path(key);
        if (file == null) {
            return null;
        }
        Path parent = file.getParent();
        if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
            fault(key, key + ": " + file + " cannot be written (expected: a file in a directory that exists)");
        }
        return file;
    }

    /** Of a directory that is there or can be made in one that is; null where the key is absent. */
    @Nullable
    Path directoryToMake(String key) {
        Path made = path(key);
        if (made == null) {
            return null;
        }
        Path parent = made.getParent();
        boolean can = Files.isDirectory(made) || (!Files.exists(made) && parent != null && Files.isDirectory(parent));
        if (!can) {
            fault(
                    key,
                    key + ": " + made + " cannot be made (expected: a directory, or one in a directory that exists)");
        }
        return made;
    }

    private @Nullable Path path(String key) {
        if (!has(key)) {
            ask(key);
            return null;
        }
        String text = text(key);
        try {
            return text.isEmpty() ? null : directory.resolve(text).normalize();
        } catch (InvalidPathException e) {
            fault(key, key + ": \"" + printable(text) + "\" (expected: the path of a file)");
            return null;
        }
    }

    HostPort address(String key, String hostDefault) {
        Node value = ask(key);
        return value == null ? new HostPort(hostDefault, 0) : address(value, key, hostDefault, HostPort::parse);
    }

    /** As {@link #address}, or a Unix-domain socket. */
    HostPort socket(String key, String hostDefault) {
        Node value = ask(key);
        return value == null ? new HostPort(hostDefault, 0) : address(value, key, hostDefault, HostPort::parseSocket);
    }

    private HostPort address(Node value, String key, String hostDefault, BiFunction<String, String, HostPort> parser) {
        String text = scalar(value);
        if (text == null) {
            expected(value, key, "host:port, in quotes where it starts with a bracket");
            return new HostPort(hostDefault, 0);
        }
        try {
            return parser.apply(text, hostDefault);
        } catch (IllegalArgumentException e) {
            faults.add(value, in() + key + ": " + printable(String.valueOf(e.getMessage())));
            return new HostPort(hostDefault, 0);
        }
    }

    List<HostPort> addresses(String key, String hostDefault) {
        return addresses(key, hostDefault, HostPort::parse);
    }

    /** As {@link #addresses}, Unix-domain sockets too. */
    List<HostPort> sockets(String key, String hostDefault) {
        return addresses(key, hostDefault, HostPort::parseSocket);
    }

    private List<HostPort> addresses(String key, String hostDefault, BiFunction<String, String, HostPort> parser) {
        List<HostPort> addresses = new ArrayList<>();
        for (Node item : items(key)) {
            addresses.add(address(item, key + "[" + addresses.size() + "]", hostDefault, parser));
        }
        return addresses;
    }

    /** Null where the key is absent: the section's defaults hold. */
    public @Nullable Section section(String key) {
        Node value = ask(key);
        return value == null ? null : below(value, key);
    }

    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (Node item : items(key)) {
            sections.add(below(item, key + "[" + sections.size() + "]"));
        }
        return sections;
    }

    /** As {@link #sections}, where a word alone stands for itself with an empty mapping. */
    public List<Section> choices(String key) {
        List<Section> choices = new ArrayList<>();
        for (Node item : items(key)) {
            Node choice = item instanceof ScalarNode word && word.getTag().equals(Tag.STR) ? alone(word) : item;
            choices.add(below(choice, key + "[" + choices.size() + "]"));
        }
        return choices;
    }

    private static Node alone(ScalarNode word) {
        Node nothing =
                new MappingNode(Tag.MAP, true, List.of(), FlowStyle.FLOW, word.getStartMark(), word.getEndMark());
        return new MappingNode(
                Tag.MAP,
                true,
                List.of(new NodeTuple(word, nothing)),
                FlowStyle.FLOW,
                word.getStartMark(),
                word.getEndMark());
    }

    /** A scalar of any kind, or null where the key is absent. */
    public @Nullable Item item(String key) {
        Node value = ask(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof ScalarNode text) || text.getTag().equals(Tag.NULL)) {
            expected(value, key, "a text");
            return null;
        }
        return new Item(text, in() + key + ": ", faults);
    }

    /** One scalar or a list of them; empty, after a fault, where the list is. */
    public List<Item> list(String key) {
        NodeTuple entry = entries.get(key);
        if (entry != null && entry.getValueNode() instanceof ScalarNode) {
            Item only = item(key);
            return only == null ? List.of() : List.of(only);
        }
        List<Item> list = new ArrayList<>();
        for (Node item : items(key)) {
            if (item instanceof ScalarNode text && !text.getTag().equals(Tag.NULL)) {
                list.add(new Item(text, in() + key + ": ", faults));
            } else {
                expected(item, key, "a text");
            }
        }
        return list;
    }

    /** Values that may be null, as a list; empty where the key is absent. */
    public List<@Nullable String> nullableTexts(String key) {
        List<@Nullable String> list = new ArrayList<>();
        if (has(key)) {
            for (Node item : items(key)) {
                list.add(item.getTag().equals(Tag.NULL) ? null : scalar(item));
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
                expected(names.node, key, "at least one");
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
                        in() + "unknown key `" + printable(entry.getKey()) + "` (expected: " + String.join(", ", asked)
                                + ")" + NearName.hint(entry.getKey(), unused()));
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

    private List<Node> items(String key) {
        Node value = ask(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof SequenceNode list) || list.getValue().isEmpty()) {
            expected(value, key, "a list of at least one");
            return List.of();
        }
        return list.getValue();
    }

    private @Nullable Node ask(String key) {
        asked.add(key);
        NodeTuple entry = entries.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    private void expected(Node value, String key, String expected) {
        expected(value, key, expected, "");
    }

    private void expected(Node value, String key, String expected, String hint) {
        faults.add(value, in() + key + ": " + found(value) + " (expected: " + expected + ")" + hint);
    }

    private String in() {
        return path.isEmpty() ? "" : path + ": ";
    }

    private static @Nullable String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    private static String found(Node node) {
        return switch (node.getNodeType()) {
            case MAPPING -> ((MappingNode) node).getValue().isEmpty() ? "an empty mapping" : "a mapping";
            case SEQUENCE -> ((SequenceNode) node).getValue().isEmpty() ? "an empty list" : "a list";
            case SCALAR -> {
                ScalarNode scalar = (ScalarNode) node;
                boolean text = scalar.getTag().equals(Tag.STR);
                yield scalar.getTag().equals(Tag.NULL)
                        ? "nothing"
                        : text ? '"' + printable(scalar.getValue()) + '"' : printable(scalar.getValue());
            }
            case ANCHOR -> "an anchor";
        };
    }

    /** On one line, and not too long. */
    private static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 120 ? line : line.substring(0, 120) + "...";
    }
}
