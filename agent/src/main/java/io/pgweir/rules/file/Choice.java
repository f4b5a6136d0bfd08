package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.NearName;
import io.pgweir.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The value of a key of a match block: one text, a list, or {@code {not: ...}} of either; {@code $name} is a list of the file.
 *
 * @param not whether it must be none of them
 */
record Choice(List<Item> items, boolean not) {

    /** Null where the key is absent. */
    static @Nullable Choice read(Section section, String key, Map<String, List<Item>> lists) {
        if (!section.isMapping(key)) {
            List<Item> items = expand(section.list(key), lists);
            return section.has(key) ? new Choice(items, false) : null;
        }
        Section inner = section.section(key);
        if (inner == null) {
            return null;
        }
        inner.require("not");
        List<Item> items = inner.list("not");
        inner.end();
        return new Choice(expand(items, lists), true);
    }

    private static List<Item> expand(List<Item> items, Map<String, List<Item>> lists) {
        List<Item> expanded = new ArrayList<>();
        for (Item item : items) {
            if (!item.text().startsWith("$")) {
                expanded.add(item);
                continue;
            }
            String name = item.text().substring(1);
            List<Item> list = lists.get(name);
            if (list == null) {
                item.fault(
                        "unknown list `" + name + "` (expected: one of `lists`)" + NearName.hint(name, lists.keySet()));
            } else {
                expanded.addAll(list);
            }
        }
        return expanded;
    }

    /** What each text means; those that mean nothing are faults. */
    <T> List<T> map(Function<String, Optional<T>> parse, String expected) {
        List<T> parsed = new ArrayList<>();
        for (Item item : items) {
            Optional<T> one = parse.apply(item.text());
            if (one.isEmpty()) {
                item.fault("\"" + item.text() + "\" (expected: " + expected + ")");
            }
            one.ifPresent(parsed::add);
        }
        return parsed;
    }

    /** As {@link #map}, of words, with a hint. */
    <T> List<T> words(Map<String, T> known) {
        List<T> parsed = new ArrayList<>();
        for (Item item : items) {
            T one = known.get(item.text());
            if (one == null) {
                item.fault("\"" + item.text() + "\" (expected: " + String.join(", ", known.keySet()) + ")"
                        + NearName.hint(item.text(), known.keySet()));
            } else {
                parsed.add(one);
            }
        }
        return parsed;
    }
}
