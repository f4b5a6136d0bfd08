package io.pgweir.admin;

import io.pgweir.rules.Action;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.telemetry.Metric;
import io.pgweir.telemetry.Telemetry;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The rules in force, and how often each has matched since the start. */
final class RuleEndpoint {
    private final @Nullable Rules rules;
    private final Telemetry telemetry;

    /** @param rules null where there are none */
    RuleEndpoint(@Nullable Rules rules, Telemetry telemetry) {
        this.rules = rules;
        this.telemetry = telemetry;
    }

    Endpoint endpoint() {
        return Endpoint.get("/rules", "the rules in force and how often each has matched", request -> list());
    }

    private Answer list() {
        RuleSet set = rules == null ? RuleSet.NONE : rules.current();
        Map<String, Map<List<String>, Long>> hits = new TreeMap<>();
        telemetry
                .series(Metric.RULES_HITS)
                .forEach((labels, count) -> hits.computeIfAbsent(
                                labels.getFirst(), any -> new TreeMap<>(Comparator.comparing(List::toString)))
                        .put(labels.subList(1, labels.size()), count));
        return Answer.json(200, json -> {
            json.writeStringProperty("hash", set.hash());
            json.writeNumberProperty("count", set.rules().size());
            json.writeArrayPropertyStart("rules");
            for (Rule rule : set.rules()) {
                write(json, rule, hits.getOrDefault(rule.id(), Map.of()));
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Rule rule, Map<List<String>, Long> hits) {
        json.writeStartObject();
        json.writeStringProperty("id", rule.id()).writeStringProperty("why", rule.why());
        if (rule.owner() != null) {
            json.writeStringProperty("owner", rule.owner());
        }
        json.writeStringProperty("severity", word(rule.severity()))
                .writeStringProperty("mode", word(rule.mode()))
                .writeNumberProperty("rollout", rule.rollout())
                .writeStringProperty("at", word(rule.at()));
        json.writeArrayPropertyStart("actions");
        for (Action action : rule.actions()) {
            json.writeString(action.kind().word());
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("hits");
        hits.forEach((labels, count) -> json.writeStartObject()
                .writeStringProperty("mode", labels.getFirst())
                .writeStringProperty("action", labels.getLast())
                .writeNumberProperty("count", count)
                .writeEndObject());
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
