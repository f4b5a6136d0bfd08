package io.pgweir.rules.attack;

import io.pgweir.config.Item;
import io.pgweir.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One entry of {@code rules/attack.yaml}, which tells what its keys mean. Texts are empty and lists are where it has them not.
 *
 * @param messages those of the entry, its {@code answered}, {@code in-flight} and {@code sql} before them
 * @param hex a Query's text in the bytes of {@code encoding}
 */
record Attack(
        String id,
        String family,
        List<String> messages,
        String hex,
        String encoding,
        Map<String, String> settings,
        List<String> reads,
        List<String> writes,
        List<String> functions,
        List<String> commands,
        boolean refused) {

    static Attack read(Section section) {
        section.require("id", "family");
        List<String> messages = new ArrayList<>();
        for (String sql : texts(section, "answered")) {
            messages.add("query " + sql);
            messages.add("answered");
        }
        texts(section, "in-flight").forEach(sql -> messages.add("query " + sql));
        Item sql = section.item("sql");
        if (sql != null) {
            messages.add("query " + sql.text());
        }
        messages.addAll(texts(section, "messages"));
        Attack attack = new Attack(
                section.text("id"),
                section.text("family"),
                List.copyOf(messages),
                section.has("hex") ? section.text("hex") : absent(section, "hex"),
                section.has("encoding") ? section.text("encoding") : absent(section, "encoding"),
                section.has("settings") ? section.texts("settings") : Map.of(),
                texts(section, "reads"),
                texts(section, "writes"),
                texts(section, "functions"),
                texts(section, "commands"),
                section.flag("refused", false));
        section.flag("unknown", false);
        section.absent("settings");
        section.end();
        return attack;
    }

    private static String absent(Section section, String key) {
        section.absent(key);
        return "";
    }

    private static List<String> texts(Section section, String key) {
        if (!section.has(key)) {
            section.absent(key);
            return List.of();
        }
        return section.list(key).stream().map(Item::text).toList();
    }
}
