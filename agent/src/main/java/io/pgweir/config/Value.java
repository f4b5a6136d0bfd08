package io.pgweir.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One value of the file under its name: a key's, or one of a key's list. Each reader returns {@code absent}, or what its comment says,
 * after a fault.
 */
final class Value {
    private final Node node;
    private final String name;
    private final String in;
    private final Faults faults;

    /**
     * @param name of the value in its section
     * @param in whose value it is, before what is wrong with it; empty for the root's
     */
    Value(Node node, String name, String in, Faults faults) {
        this.node = node;
        this.name = name;
        this.in = in;
        this.faults = faults;
    }

    Node node() {
        return node;
    }

    String name() {
        return name;
    }

    /** Empty after a fault. */
    String text() {
        String text = scalar();
        if (text == null || !node.getTag().equals(Tag.STR) || text.isBlank()) {
            expected("a string that is not empty");
            return "";
        }
        return text;
    }

    int integer(int absent, int min, int max) {
        OptionalLong number = node.getTag().equals(Tag.INT) ? wholeNumber(scalar()) : OptionalLong.empty();
        if (number.isEmpty() || number.getAsLong() < min || number.getAsLong() > max) {
            expected(min == max ? String.valueOf(min) : "a whole number from " + min + " to " + max);
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

    /** In bytes. */
    long size(long absent, long min, long max) {
        String text = scalar();
        OptionalLong bytes = text == null ? OptionalLong.empty() : Quantity.bytes(text);
        if (bytes.isEmpty() || bytes.getAsLong() < min || bytes.getAsLong() > max) {
            expected("a size from " + Quantity.ofBytes(min) + " to " + Quantity.ofBytes(max)
                    + ", such as 64KiB or 16MiB");
            return absent;
        }
        return bytes.getAsLong();
    }

    Duration duration(Duration absent, Duration min, Duration max) {
        String text = scalar();
        OptionalLong millis = text == null ? OptionalLong.empty() : Quantity.millis(text);
        if (millis.isEmpty() || millis.getAsLong() < min.toMillis() || millis.getAsLong() > max.toMillis()) {
            expected("a duration from " + Quantity.of(min) + " to " + Quantity.of(max) + ", such as 500ms, 5s or 1m");
            return absent;
        }
        return Duration.ofMillis(millis.getAsLong());
    }

    boolean flag(boolean absent) {
        if (!node.getTag().equals(Tag.BOOL)) {
            expected("true or false");
            return absent;
        }
        return "true".equalsIgnoreCase(scalar());
    }

    String word(String absent, List<String> words) {
        String text = scalar();
        if (text == null || !words.contains(text)) {
            expected(String.join(", ", words), text == null ? "" : NearName.hint(text, words));
            return absent;
        }
        return text;
    }

    /** One of an enum's constants, as kebab-case. */
    <E extends Enum<E>> E oneOf(E absent) {
        List<E> constants = Arrays.asList(absent.getDeclaringClass().getEnumConstants());
        String text = scalar();
        for (E constant : constants) {
            if (kebab(constant).equals(text)) {
                return constant;
            }
        }
        List<String> words = constants.stream().map(Value::kebab).toList();
        expected(String.join(", ", words), text == null || words.size() == 1 ? "" : NearName.hint(text, words));
        return absent;
    }

    /** A constant, or a list of them with each once. */
    <E extends Enum<E>> List<E> oneOrMore(E any) {
        if (!(node instanceof SequenceNode)) {
            return List.of(oneOf(any));
        }
        List<E> constants = new ArrayList<>();
        for (Value item : items()) {
            E constant = item.oneOf(any);
            if (constants.contains(constant)) {
                faults.add(item.node, in + name + ": " + kebab(constant) + " again (expected: each once)");
            }
            constants.add(constant);
        }
        return constants;
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Of {@code host} with port 0 after a fault. */
    HostPort address(String host, BiFunction<String, String, HostPort> parser) {
        String text = scalar();
        if (text == null) {
            expected("host:port, in quotes where it starts with a bracket");
            return new HostPort(host, 0);
        }
        try {
            return parser.apply(text, host);
        } catch (IllegalArgumentException e) {
            fault(printable(String.valueOf(e.getMessage())));
            return new HostPort(host, 0);
        }
    }

    /** A scalar of any kind; null after a fault. */
    @Nullable
    Item item() {
        if (!(node instanceof ScalarNode text) || text.getTag().equals(Tag.NULL)) {
            expected("a text");
            return null;
        }
        return new Item(text, in + name + ": ", faults);
    }

    /** Of a list that is not empty; none after a fault. */
    List<Value> items() {
        if (!(node instanceof SequenceNode list) || list.getValue().isEmpty()) {
            expected("a list of at least one");
            return List.of();
        }
        List<Value> items = new ArrayList<>();
        for (Node item : list.getValue()) {
            items.add(new Value(item, name + "[" + items.size() + "]", in, faults));
        }
        return items;
    }

    /** The node; of a word alone, a mapping of it to an empty one. */
    Node choice() {
        return node instanceof ScalarNode word && word.getTag().equals(Tag.STR) ? alone(word) : node;
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

    /** As it stands there; null where it is no scalar. */
    @Nullable
    String scalar() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    void fault(String message) {
        faults.add(node, in + name + ": " + message);
    }

    void expected(String expected) {
        expected(expected, "");
    }

    private void expected(String expected, String hint) {
        fault(found(node) + " (expected: " + expected + ")" + hint);
    }

    /** What a node is, for people. */
    static String found(Node node) {
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
    static String printable(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 120 ? line : line.substring(0, 120) + "...";
    }
}
