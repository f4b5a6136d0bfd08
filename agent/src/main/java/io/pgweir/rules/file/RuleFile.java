package io.pgweir.rules.file;

import io.pgweir.config.Fault;
import io.pgweir.config.Faults;
import io.pgweir.config.Item;
import io.pgweir.config.Section;
import io.pgweir.config.YamlFile;
import io.pgweir.rules.Mode;
import io.pgweir.rules.OnUnknown;
import io.pgweir.rules.Severity;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One file of rules, read.
 *
 * @param faults if there are any, rules are what could be made of it and are not to be used
 * @param warnings what is no fault and yet looks like a mistake
 */
record RuleFile(String name, String text, List<TestedRule> rules, List<Fault> faults, List<Fault> warnings) {
    static final int CHARS_MAX = 2 << 20;

    RuleFile {
        rules = List.copyOf(rules);
        faults = List.copyOf(faults);
        warnings = List.copyOf(warnings);
    }

    /** @param now to tell what is over */
    static RuleFile read(String name, String text, Faults faults, Instant now) {
        Faults warnings = new Faults(name);
        Section root = YamlFile.root(name, text, CHARS_MAX, "`rules`", faults);
        List<TestedRule> rules = root == null ? List.of() : rules(root, name, now, warnings);
        return new RuleFile(name, text, rules, faults.found(), warnings.found());
    }

    private static List<TestedRule> rules(Section root, String name, Instant now, Faults warnings) {
        root.require("version", "rules");
        root.integer("version", 1, 1, 1);
        RuleSection.Defaults defaults = defaults(root.section("defaults"));
        Map<String, List<Item>> lists = lists(root.section("lists"));
        RuleSection reader = new RuleSection(defaults, lists, name, now, warnings);
        List<Section> sections = root.sections("rules");
        List<TestedRule> rules = sections.stream().map(reader::read).toList();
        Map<String, Integer> lines = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            String id = rules.get(i).rule().id();
            Integer first =
                    id.isEmpty() ? null : lines.putIfAbsent(id, rules.get(i).line());
            if (first != null) {
                sections.get(i)
                        .fault(
                                "id",
                                "id: `" + id + "` again (expected: each rule its own; first on line " + first + ")");
            }
        }
        root.end();
        return rules;
    }

    private static RuleSection.Defaults defaults(@Nullable Section section) {
        if (section == null) {
            return new RuleSection.Defaults(Mode.SHADOW, OnUnknown.ALERT, Severity.MEDIUM, null);
        }
        RuleSection.Defaults defaults = new RuleSection.Defaults(
                section.oneOf("mode", Mode.SHADOW),
                section.oneOf("on-unknown", OnUnknown.ALERT),
                section.oneOf("severity", Severity.MEDIUM),
                section.has("owner") ? section.text("owner") : section.absent("owner"));
        section.end();
        return defaults;
    }

    private static Map<String, List<Item>> lists(@Nullable Section section) {
        Map<String, List<Item>> lists = new LinkedHashMap<>();
        if (section != null) {
            section.keys().forEach(name -> lists.put(name, section.list(name)));
            section.end();
        }
        return lists;
    }
}
