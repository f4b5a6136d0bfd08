package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.NearName;
import io.pgweir.config.Section;
import io.pgweir.rules.ActionKind;
import io.pgweir.rules.Moment;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of a rule's {@code tests}. */
final class TestSection {
    /** A Monday, at noon. */
    private static final Instant NOW = Instant.parse("2026-01-05T12:00:00Z");

    private static final long COUNT_MAX = 1L << 50;

    private TestSection() {}

    static RuleTest read(Section section, Moment at) {
        section.require("expect");
        boolean knowsStatement = at != Moment.SESSION && at != Moment.TRANSACTION_END;
        if (knowsStatement) {
            section.require("sql");
        } else if (section.has("sql")) {
            section.fault("sql", "sql at " + at.word() + " (expected: none, there is no statement then)");
        }
        Expected expected = expected(section);
        Section spent = section.section("spent");
        Section transaction = section.section("transaction");
        RuleTest test = new RuleTest(
                section.line(),
                text(section, "sql", null),
                word(section, "user", "nobody"),
                word(section, "database", "postgres"),
                word(section, "application", ""),
                address(section.item("address")),
                word(section, "listener", "main"),
                word(section, "cluster", "main"),
                section.flag("tls", false),
                word(section, "authentication", "scram-sha-256"),
                now(section.item("time")),
                parameters(section),
                columns(section),
                section.size("rows", 0, 0, COUNT_MAX),
                section.size("bytes", 0, 0, COUNT_MAX),
                section.word("copy-format", "text", List.of("text", "csv", "binary")),
                section.flag("extended", false),
                section.flag("standard-conforming-strings", true),
                spent == null ? 0 : spent.size("rows", 0, 0, COUNT_MAX),
                spent == null ? 0 : spent.size("bytes", 0, 0, COUNT_MAX),
                transaction == null ? 1 : transaction.integer("executions", 1, 0, Integer.MAX_VALUE),
                transaction == null
                        ? "committed"
                        : transaction.word("outcome", "committed", List.of("committed", "rolled-back", "prepared")),
                expected.word(),
                expected.rules());
        if (spent != null) {
            spent.end();
        }
        if (transaction != null) {
            transaction.end();
        }
        section.end();
        return test;
    }

    private record Expected(String word, @Nullable List<String> rules) {}

    private static Expected expected(Section section) {
        if (!section.isMapping("expect")) {
            Item item = section.item("expect");
            return new Expected(item == null ? "none" : checked(item), null);
        }
        Section expect = section.section("expect");
        if (expect == null) {
            return new Expected("none", null);
        }
        expect.require("action", "rules");
        Item action = expect.item("action");
        List<String> rules = expect.list("rules").stream().map(Item::text).toList();
        expect.end();
        return new Expected(action == null ? "none" : checked(action), rules);
    }

    private static String checked(Item item) {
        List<String> words = new ArrayList<>(List.of("none", "unknown", "exempt"));
        Arrays.stream(ActionKind.values()).map(ActionKind::word).forEach(words::add);
        if (!words.contains(item.text())) {
            item.fault("\"" + item.text() + "\" (expected: " + String.join(", ", words) + ")"
                    + NearName.hint(item.text(), words));
        }
        return item.text();
    }

    /** Of any kind of scalar: {@code application: 1} is a name too. */
    private static @Nullable String text(Section section, String key, @Nullable String absent) {
        Item item = section.item(key);
        return item == null ? absent : item.text();
    }

    private static String word(Section section, String key, String absent) {
        Item item = section.item(key);
        return item == null ? absent : item.text();
    }

    private static String address(@Nullable Item item) {
        try {
            return item == null
                    ? "127.0.0.1"
                    : InetAddress.ofLiteral(item.text()).getHostAddress();
        } catch (IllegalArgumentException _) {
            item.fault("\"" + item.text() + "\" (expected: an address)");
            return "127.0.0.1";
        }
    }

    private static Instant now(@Nullable Item item) {
        try {
            return item == null ? NOW : Instant.parse(item.text());
        } catch (DateTimeException _) {
            item.fault("\"" + item.text() + "\" (expected: a time such as \"2026-01-05T12:00:00Z\")");
            return NOW;
        }
    }

    private static @Nullable List<@Nullable String> parameters(Section section) {
        if (section.has("parameters")) {
            return section.nullableTexts("parameters");
        }
        section.absent("parameters");
        return null;
    }

    private static List<String> columns(Section section) {
        if (section.has("columns")) {
            return section.list("columns").stream().map(Item::text).toList();
        }
        section.absent("columns");
        return List.of();
    }
}
