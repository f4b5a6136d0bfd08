package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.Section;
import io.pgweir.rules.Action;
import io.pgweir.rules.ActionKind;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.rules.Key;
import io.pgweir.rules.Masking;
import io.pgweir.rules.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The list {@code do} of a rule: each entry a word, or a mapping with one key. */
final class ActionSection {
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,2})?)%");
    private static final Pattern RATE = Pattern.compile("([0-9]{1,6}(?:\\.[0-9]{1,3})?)/(s|m|h)");
    private static final String PRIVILEGE = "42501";
    private static final String LIMIT_EXCEEDED = "54000";
    private static final String BUDGET_EXCEEDED = "53400";
    private static final long SIZE_MAX = 1L << 50;
    private static final Duration DAYS_30 = Duration.ofDays(30);

    private final String id;
    private final Moment at;

    private ActionSection(String id, Moment at) {
        this.id = id;
        this.at = at;
    }

    /** @param id of the rule, for its errors' messages */
    static List<Action> read(Section rule, String id, Moment at) {
        ActionSection reader = new ActionSection(id, at);
        List<Action> actions = new ArrayList<>();
        for (Section entry : rule.choices("do")) {
            Action action = reader.action(entry);
            if (action != null) {
                actions.add(action);
            }
        }
        return actions;
    }

    /** Null after a fault. */
    private @Nullable Action action(Section entry) {
        Action action = null;
        int count = 0;
        for (ActionKind kind : ActionKind.values()) {
            String key = kind.word();
            if (!entry.has(key)) {
                entry.absent(key);
                continue;
            }
            count++;
            if (!kind.isAllowedAt(at)) {
                entry.fault(key, key + " at " + at.word() + " can do nothing (expected: " + moments(kind) + ")");
            }
            action = of(kind, entry);
        }
        entry.endNotEmpty();
        if (count > 1) {
            entry.fault(count + " actions in one entry (expected: one; each has a dash of its own)");
        }
        return action;
    }

    private static String moments(ActionKind kind) {
        List<String> moments = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            if (kind.isAllowedAt(moment)) {
                moments.add("`at: " + moment.word() + "`");
            }
        }
        return String.join(" or ", moments);
    }

    private @Nullable Action of(ActionKind kind, Section entry) {
        return switch (kind) {
            case CLOSE -> close(entry.section("close"));
            case BLOCK -> block(entry.section("block"));
            case MASK -> mask(entry.section("mask"));
            case REWRITE -> rewrite(entry.section("rewrite"));
            case LIMIT -> limit(entry.section("limit"));
            case THROTTLE -> throttle(entry.section("throttle"));
            case BUDGET -> budget(entry.section("budget"));
            case ROUTE -> new Action.Route(entry.oneOf("route", Action.Target.LEADER));
            case ALERT -> new Action.Alert(word(entry, "alert", "default"));
            case TAG -> tag(entry);
            case CAPTURE -> capture(entry);
            case SAMPLE -> new Action.Sample(share(entry.item("sample")));
            case EXCLUDE -> plain(entry, "exclude", new Action.Exclude());
            case ALLOW -> plain(entry, "allow", new Action.Allow());
        };
    }

    /** A word alone stands for itself with an empty mapping. */
    private static Action plain(Section entry, String key, Action action) {
        Section nothing = entry.section(key);
        if (nothing != null) {
            nothing.end();
        }
        return action;
    }

    private static String word(Section entry, String key, String absent) {
        if (entry.isMapping(key)) {
            Section nothing = entry.section(key);
            if (nothing != null) {
                nothing.end();
            }
            return absent;
        }
        return entry.text(key);
    }

    private @Nullable Action block(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Action block = new Action.Block(
                sqlState(section, PRIVILEGE),
                message(section, "statement blocked by rule \"" + id + "\""),
                optional(section, "detail"),
                optional(section, "hint"));
        section.end();
        return block;
    }

    private @Nullable Action close(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Action close = new Action.Close(
                sqlState(section, PRIVILEGE),
                message(section, "session closed by rule \"" + id + "\""),
                optional(section, "hint"));
        section.end();
        return close;
    }

    private static @Nullable Action mask(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("columns", "with");
        List<ColumnPattern> columns = new Choice(section.list("columns"), false)
                .map(QualifiedName::column, "column, relation.column or schema.relation.column");
        Action mask = new Action.Mask(columns, masking(section), section.oneOf("derived", Action.Derived.MASK));
        section.end();
        return mask;
    }

    private static Masking masking(Section mask) {
        if (mask.isNull("with")) {
            mask.absent("with");
            return new Masking.Nothing();
        }
        if (!mask.isMapping("with")) {
            return mask.word("with", "null", List.of("null", "hash")).equals("hash")
                    ? new Masking.Hash()
                    : new Masking.Nothing();
        }
        Section with = mask.section("with");
        if (with == null) {
            return new Masking.Nothing();
        }
        Masking masking = new Masking.Nothing();
        if (with.has("fixed")) {
            masking = new Masking.Fixed(with.text("fixed"));
        } else if (with.has("partial")) {
            masking = partial(with.section("partial"));
        }
        with.absent("fixed");
        with.absent("partial");
        with.endNotEmpty();
        return masking;
    }

    private static Masking partial(@Nullable Section section) {
        if (section == null) {
            return new Masking.Nothing();
        }
        Masking partial = new Masking.Partial(
                section.integer("first", 0, 0, 100),
                section.integer("last", 0, 0, 100),
                section.has("fill") ? section.text("fill") : "*");
        section.absent("fill");
        section.end();
        return partial;
    }

    private static @Nullable Action rewrite(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Action rewrite = section.has("sql")
                ? new Action.Rewrite.Replace(section.text("sql"))
                : new Action.Rewrite.AtMost(section.integer("limit", 1, 0, Integer.MAX_VALUE));
        if (section.has("sql") == section.has("limit")) {
            section.fault("neither or both of sql and limit (expected: one of them)");
        }
        section.absent("sql");
        section.absent("limit");
        section.end();
        return rewrite;
    }

    private @Nullable Action limit(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Action limit = new Action.Limit(
                rows(section),
                section.size("bytes", Long.MAX_VALUE, 0, SIZE_MAX),
                sqlState(section, LIMIT_EXCEEDED),
                message(section, "result larger than rule \"" + id + "\" allows"));
        section.end();
        needsOne(section);
        return limit;
    }

    private @Nullable Action budget(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("window");
        Action budget = new Action.Budget(
                rows(section),
                section.size("bytes", Long.MAX_VALUE, 0, SIZE_MAX),
                section.duration("window", Duration.ofHours(1), Duration.ofSeconds(1), DAYS_30),
                keys(section),
                sqlState(section, BUDGET_EXCEEDED),
                message(section, "the budget of rule \"" + id + "\" is spent"));
        section.end();
        needsOne(section);
        return budget;
    }

    private static long rows(Section section) {
        int rows = section.integer("rows", -1, 0, Integer.MAX_VALUE);
        return rows < 0 ? Long.MAX_VALUE : rows;
    }

    private static void needsOne(Section section) {
        if (!section.has("rows") && !section.has("bytes")) {
            section.fault("neither rows nor bytes (expected: one of them, or both)");
        }
    }

    private @Nullable Action throttle(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        section.require("rate");
        double perSecond = rate(section.item("rate"));
        Action throttle = new Action.Throttle(
                perSecond,
                section.integer("burst", (int) Math.max(1, Math.ceil(perSecond)), 1, 1_000_000),
                keys(section),
                section.duration("wait", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1)),
                sqlState(section, BUDGET_EXCEEDED),
                message(section, "more statements than rule \"" + id + "\" allows"));
        section.end();
        return throttle;
    }

    private static Set<Key> keys(Section section) {
        Set<Key> keys = EnumSet.noneOf(Key.class);
        if (!section.has("by")) {
            section.absent("by");
            return keys;
        }
        Map<String, Key> words = new java.util.LinkedHashMap<>();
        for (Key key : Key.values()) {
            words.put(key.name().toLowerCase(Locale.ROOT), key);
        }
        keys.addAll(new Choice(section.list("by"), false).words(words));
        return keys;
    }

    private static @Nullable Action tag(Section entry) {
        Map<String, String> tags = entry.texts("tag");
        if (tags.size() != 1) {
            entry.fault("tag", "tag: " + tags.size() + " tags (expected: one, such as {team: payments})");
            return null;
        }
        Map.Entry<String, String> only = tags.entrySet().iterator().next();
        return new Action.Tag(only.getKey(), only.getValue());
    }

    private static Action capture(Section entry) {
        entry.word("capture", "full", List.of("full"));
        return new Action.CaptureFull();
    }

    /** Over 0, at most 1; 1 where it is absent or none. */
    static double share(@Nullable Item item) {
        if (item == null) {
            return 1;
        }
        Matcher match = SHARE.matcher(item.text());
        double share = match.matches() ? Double.parseDouble(match.group(1)) / 100 : -1;
        if (share <= 0 || share > 1) {
            item.fault("\"" + item.text() + "\" (expected: a share over 0% up to 100%, such as 10%)");
            return 1;
        }
        return share;
    }

    private static double rate(@Nullable Item item) {
        OptionalDouble rate = item == null ? OptionalDouble.of(1) : rate(item.text());
        if (item != null && rate.isEmpty()) {
            item.fault("\"" + item.text() + "\" (expected: a rate such as 10/s, 100/m or 1000/h)");
        }
        return rate.orElse(1);
    }

    private static OptionalDouble rate(String text) {
        Matcher match = RATE.matcher(text);
        if (!match.matches()) {
            return OptionalDouble.empty();
        }
        int seconds = switch (match.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            default -> 3600;
        };
        double perSecond = Double.parseDouble(match.group(1)) / seconds;
        return perSecond > 0 ? OptionalDouble.of(perSecond) : OptionalDouble.empty();
    }

    private static String sqlState(Section section, String absent) {
        Item item = section.item("sqlstate");
        if (item == null) {
            return absent;
        }
        if (!item.text().matches("[0-9A-Z]{5}") || item.text().matches("0[0-2].*")) {
            item.fault(
                    "\"" + item.text() + "\" (expected: an error's five digits or capital letters, such as \"42501\")");
            return absent;
        }
        return item.text();
    }

    private static String message(Section section, String absent) {
        String message = optional(section, "message");
        return message == null ? absent : message;
    }

    private static @Nullable String optional(Section section, String key) {
        return section.has(key) ? section.text(key) : section.absent(key);
    }
}
