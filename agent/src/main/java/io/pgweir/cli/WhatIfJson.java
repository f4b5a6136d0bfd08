package io.pgweir.cli;

import io.pgweir.offline.whatif.Effect;
import io.pgweir.offline.whatif.Report;
import io.pgweir.offline.whatif.Unjudged;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What rules would have done, as one JSON object with all of it. */
final class WhatIfJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;

    private WhatIfJson(JsonGenerator json) {
        this.json = json;
    }

    /** @param to is not closed */
    static void write(Report report, Writer to) {
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), to)) {
            new WhatIfJson(json).write(report);
        }
    }

    private void write(Report report) {
        json.writeStartObject();
        json.writeNumberProperty("sessions", report.sessions());
        json.writeNumberProperty("statements", report.statements());
        json.writeNumberProperty("changed", report.changed());
        json.writeObjectPropertyStart("not_judged");
        for (Unjudged why : Unjudged.values()) {
            json.writeNumberProperty(
                    why.name().toLowerCase(Locale.ROOT), report.unjudged().getOrDefault(why, 0L));
        }
        json.writeEndObject();
        json.writeArrayPropertyStart("changes");
        for (Report.Change change : report.changes()) {
            json.writeStartObject();
            json.writeStringProperty("of", change.whole() ? "session" : "statement");
            effects("before", change.before());
            effects("now", change.now());
            json.writeNumberProperty("count", change.count());
            example(change.first());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("rules");
        for (Report.RuleUse use : report.rules()) {
            rule(use);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void rule(Report.RuleUse use) {
        json.writeStartObject();
        json.writeStringProperty("rule", use.rule());
        json.writeStringProperty("mode", use.mode().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("matched", use.matched());
        json.writeNumberProperty("unknown", use.unknown());
        json.writeNumberProperty("exempt", use.exempt());
        json.writeObjectPropertyStart("actions");
        new TreeMap<>(use.actions()).forEach((kind, count) -> json.writeNumberProperty(kind.word(), count));
        json.writeEndObject();
        example(use.first());
        json.writeEndObject();
    }

    private void effects(String name, List<Effect> effects) {
        json.writeArrayPropertyStart(name);
        for (Effect effect : effects) {
            json.writeStartObject();
            json.writeStringProperty("action", effect.kind().word());
            json.writeStringProperty("rule", effect.rule());
            json.writeStringProperty("detail", effect.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void example(Report.Example first) {
        json.writeStringProperty("user", first.user());
        json.writeStringProperty("fingerprint", first.fingerprint());
        json.writeStringProperty("text", first.text());
        json.writeNumberProperty("session", first.session());
        json.writeNumberProperty("nanos", first.nanos());
    }
}
