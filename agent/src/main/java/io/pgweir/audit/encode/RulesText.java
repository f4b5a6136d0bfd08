package io.pgweir.audit.encode;

import io.pgweir.audit.AuditEvent;
import io.pgweir.rules.Action;
import io.pgweir.rules.Hit;
import io.pgweir.rules.Mode;
import io.pgweir.rules.Severity;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Opinion;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code rules} object: which rules matched, what they said, and what came of it; and the {@code alert} object. One thread. */
final class RulesText {
    /** Of an exemption's or a tag's words. */
    private static final int TEXT_BYTES_MAX = 512;

    private RulesText() {}

    /** Nothing where no rule matched. */
    static void write(JsonText json, @Nullable Opinion opinion) {
        if (!(opinion instanceof Verdict verdict) || verdict.hits().isEmpty()) {
            return;
        }
        json.begin(Property.RULES);
        json.string(Property.SET, verdict.set().hash());
        Action strongest = verdict.strongest();
        if (strongest != null) {
            json.string(Property.ACTION, strongest.kind().word());
        }
        json.beginArray(Property.MATCHED);
        List<Hit> hits = verdict.hits();
        for (int i = 0; i < hits.size(); i++) {
            if (hits.indexOf(hits.get(i)) == i) {
                json.begin();
                writeHit(json, hits.get(i));
                json.end();
            }
        }
        json.endArray();
        writeTags(json, verdict.tags());
        json.end();
    }

    private static void writeHit(JsonText json, Hit hit) {
        json.string(Property.ID, hit.rule());
        json.string(Property.SEVERITY, word(hit.severity()));
        json.string(Property.MODE, word(hit.mode()));
        if (!hit.actions().isEmpty()) {
            json.string(Property.ACTION, hit.actions().getFirst().kind().word());
        }
        if (hit.unknown()) {
            json.bool(Property.UNKNOWN, true);
        }
        String exemption = hit.exemption();
        if (exemption != null) {
            json.string(Property.EXEMPTION, Cut.head(exemption, TEXT_BYTES_MAX));
        }
    }

    private static void writeTags(JsonText json, List<Action.Tag> tags) {
        if (tags.isEmpty()) {
            return;
        }
        json.beginArray(Property.TAGS);
        for (Action.Tag tag : tags) {
            json.begin();
            json.string(Property.NAME, Cut.head(tag.name(), TEXT_BYTES_MAX));
            json.string(Property.VALUE, Cut.head(tag.value(), TEXT_BYTES_MAX));
            json.end();
        }
        json.endArray();
    }

    static void writeAlert(JsonText json, AuditEvent.RuleAlert alert) {
        json.begin(Property.ALERT);
        json.string(Property.CHANNEL, alert.channel());
        json.string(Property.AT, alert.moment().word());
        writeHit(json, alert.hit());
        json.end();
    }

    /** As rule files spell them. */
    private static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    private static String word(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
