package io.pgweir.audit.encode;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.LeftOutTotals;
import io.pgweir.audit.Resumed;
import io.pgweir.audit.seal.Checkpoint;
import io.pgweir.config.AuditConfig;
import io.pgweir.config.AuditConfig.Durability;
import io.pgweir.config.AuditConfig.StatementClass;
import java.util.Locale;
import tools.jackson.core.SerializableString;

/** The properties of what the trail tells of itself: {@code audit.*}, {@code sink.*} and {@code topology.*} records. */
final class ControlText {
    private final SerializableString settings;

    ControlText(AuditConfig config) {
        settings = JsonText.fragment(json -> writeSettings(json, config));
    }

    void write(JsonText json, AuditEvent.AuditStart start) {
        Resumed resumed = start.resumed();
        if (resumed != null) {
            json.begin(Property.RESUMES);
            if (resumed.chain() != null) {
                json.string(Property.CHAIN, resumed.chain());
                json.number(Property.SEQ, resumed.seq());
                json.stringUnlessNull(Property.LAST_HASH, resumed.hash());
            }
            json.number(Property.CUT_BYTES, resumed.cutBytes());
            json.end();
        }
        json.value(Property.SETTINGS, settings);
    }

    void write(JsonText json, AuditEvent.AuditStop stop) {
        json.begin(Property.TOTALS);
        json.number(Property.RECORDS, stop.records());
        json.number(Property.DROPPED, stop.dropped());
        json.end();
        writeLeftOut(json, stop.leftOut());
    }

    void write(JsonText json, AuditEvent.AuditGap gap) {
        json.time(Property.TIME_END, gap.toMicros());
        json.begin(Property.GAP);
        json.number(Property.DROPPED, gap.dropped());
        json.string(Property.REASON, Words.of(gap.reason()));
        json.stringUnlessNull(Property.SINK, gap.sink());
        json.end();
    }

    void write(JsonText json, AuditEvent.AuditHeartbeat heartbeat) {
        json.number(Property.QUEUED, heartbeat.queued());
        writeLeftOut(json, heartbeat.leftOut());
    }

    /** Nothing where nothing was. */
    private static void writeLeftOut(JsonText json, LeftOutTotals leftOut) {
        if (leftOut.excluded() > 0 || leftOut.sampledOut() > 0) {
            json.begin(Property.LEFT_OUT);
            json.number(Property.EXCLUDED, leftOut.excluded());
            json.number(Property.SAMPLED_OUT, leftOut.sampledOut());
            json.end();
        }
    }

    void write(JsonText json, AuditEvent.AuditCheckpoint event) {
        Checkpoint checkpoint = event.checkpoint();
        json.begin(Property.CHECKPOINT);
        json.number(Property.FIRST_SEQ, checkpoint.first());
        json.number(Property.LAST_SEQ, checkpoint.last());
        json.number(Property.RECORDS, checkpoint.records());
        json.string(Property.ROOT, checkpoint.root());
        json.stringUnlessNull(Property.KEY_ID, checkpoint.keyId());
        json.stringUnlessNull(Property.SIGNATURE, checkpoint.signature());
        json.end();
    }

    void write(JsonText json, AuditEvent.AuditReload reload) {
        json.begin(Property.RELOAD);
        json.string(Property.WHAT, reload.what());
        json.string(Property.NAME, reload.name());
        json.string(Property.OUTCOME, reload.error() == null ? "success" : "failure");
        json.stringUnlessNull(Property.BEFORE, reload.before());
        json.stringUnlessNull(Property.AFTER, reload.after());
        json.stringUnlessNull(Property.ERROR, reload.error());
        json.end();
    }

    void write(JsonText json, AuditEvent.TopologyChange event) {
        json.begin(Property.TOPOLOGY);
        json.string(Property.CLUSTER, event.cluster());
        json.stringUnlessNull(Property.NODE, event.node());
        json.string(Property.CHANGE, event.change());
        json.string(Property.BEFORE, event.before());
        json.string(Property.AFTER, event.after());
        json.beginArray(Property.EVIDENCE);
        event.evidence().forEach(json::string);
        json.endArray();
        json.end();
    }

    void write(JsonText json, AuditEvent.SinkDown down) {
        json.string(Property.SINK, down.sink());
        json.string(Property.REASON, down.reason());
    }

    void write(JsonText json, AuditEvent.SinkUp up) {
        json.string(Property.SINK, up.sink());
        json.number(Property.DOWN_US, up.downMicros());
    }

    private static void writeSettings(JsonText json, AuditConfig config) {
        json.begin();
        json.string(Property.TEXT, word(config.text()));
        json.string(Property.PARAMETERS, word(config.parameters()));
        json.begin(Property.DURABILITY);
        Durability durability = config.durability();
        for (StatementClass statementClass : StatementClass.values()) {
            Durability.Rule rule = durability.of(statementClass);
            json.string(word(statementClass), word(rule.level()) + ", " + word(rule.onExhausted()));
        }
        json.end();
        json.end();
    }

    /** As the configuration spells it. */
    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
