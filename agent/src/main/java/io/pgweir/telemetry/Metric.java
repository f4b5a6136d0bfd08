package io.pgweir.telemetry;

import org.jspecify.annotations.Nullable;

/** Everything that is measured: one line each. A metric stands here only if something moves it. */
public enum Metric {
    SESSIONS_OPEN(
            "pgweir.sessions.open", Kind.GAUGE, "sessions", "Sessions that have a server or are connecting to one."),
    SESSIONS_STARTED("pgweir.sessions.started", Kind.COUNTER, "sessions", "Sessions that were admitted."),
    SESSIONS_REFUSED("pgweir.sessions.refused", Kind.COUNTER, "sessions", "Sessions over limits.connections."),
    SESSIONS_OPAQUE(
            "pgweir.sessions.opaque",
            Kind.COUNTER,
            "sessions",
            "Sessions that went on as bytes after an internal fault."),
    MESSAGES_UNKNOWN(
            "pgweir.messages.unknown",
            Kind.COUNTER,
            "sessions",
            "Sessions and directions with a message of unknown type."),
    MESSAGES_UNEXPECTED(
            "pgweir.messages.unexpected",
            Kind.COUNTER,
            "messages",
            "Answers of a server that fit no request of their session; told when the session ends."),
    TOPOLOGY_POLLS("pgweir.topology.polls", Kind.COUNTER, "calls", "Times that clusters were looked at."),
    TOPOLOGY_UNHEARD(
            "pgweir.topology.unheard",
            Kind.COUNTER,
            "calls",
            "Times that nobody who knows a cluster could be heard: the last topology stands."),
    TOPOLOGY_TRANSITIONS("pgweir.topology.transitions", Kind.COUNTER, "changes", "Changes of clusters that were told."),
    TOPOLOGY_AGE(
            "pgweir.topology.age",
            Kind.GAUGE,
            "milliseconds",
            "Since those who know a cluster were heard; of each.",
            "cluster"),
    TOPOLOGY_NODES_OUT(
            "pgweir.topology.nodes.out",
            Kind.GAUGE,
            "nodes",
            "Nodes that take no new sessions; of each cluster.",
            "cluster"),
    AUDIT_RECORDS(
            "pgweir.audit.records", Kind.COUNTER, "records", "Audit records that the writer took from the queue."),
    AUDIT_DROPPED("pgweir.audit.dropped", Kind.COUNTER, "records", "Audit records lost because the queue was full."),
    AUDIT_FAULTS(
            "pgweir.audit.faults", Kind.COUNTER, "records", "Audit records lost because they could not be encoded."),
    AUDIT_SINK_FAILURES("pgweir.audit.sink.failures", Kind.COUNTER, "calls", "Writes that a sink refused."),
    AUDIT_SINK_LOST(
            "pgweir.audit.sink.lost", Kind.COUNTER, "records", "Audit records that a failing sink did not take."),
    AUDIT_LEFT_OUT(
            "pgweir.audit.left-out",
            Kind.COUNTER,
            "executions",
            "Executions without a record because a rule excludes or samples them."),
    RULES_BLOCKED(
            "pgweir.rules.blocked",
            Kind.COUNTER,
            "requests",
            "Requests that the server was made to refuse because a rule wants it."),
    RULES_CLOSED("pgweir.rules.closed", Kind.COUNTER, "requests", "Requests for which a rule ended the session."),
    RULES_REWRITTEN("pgweir.rules.rewritten", Kind.COUNTER, "requests", "Requests that went on in a rule's words."),
    RULES_DELAYED("pgweir.rules.delayed", Kind.COUNTER, "requests", "Requests that waited for a throttle."),
    RULES_METERS_FULL(
            "pgweir.rules.meters.full",
            Kind.COUNTER,
            "requests",
            "Times that a throttle or budget had no room for another key, which then shares one."),
    AUDIT_QUEUED("pgweir.audit.queued", Kind.GAUGE, "records", "Audit records that wait for the writer."),
    AUDIT_SINK_BEHIND(
            "pgweir.audit.sink.behind",
            Kind.GAUGE,
            "bytes",
            "Of the audit spool, on disk and not yet taken by the sink; of each sink.",
            "sink"),
    AUDIT_SPOOL_BYTES("pgweir.audit.spool.bytes", Kind.GAUGE, "bytes", "Of all segments of the audit spool."),
    AUDIT_SPOOL_SYNCS("pgweir.audit.spool.syncs", Kind.COUNTER, "calls", "Groups of audit records that an fsync had."),
    AUDIT_SPOOL_FAULTS(
            "pgweir.audit.spool.faults",
            Kind.COUNTER,
            "calls",
            "Writes to the audit spool that the disk refused; they are tried again."),
    AUDIT_SPOOL_DAMAGED(
            "pgweir.audit.spool.damaged",
            Kind.COUNTER,
            "places",
            "Places of the audit spool that hold no whole record, each time a sink came by."),
    AUDIT_JOURNAL_FAILURES(
            "pgweir.audit.journal.failures", Kind.COUNTER, "calls", "Times that the audit journal took no records.");

    private final String key;
    private final Kind kind;
    private final String unit;
    private final String help;
    private final @Nullable String label;

    Metric(String key, Kind kind, String unit, String help) {
        this(key, kind, unit, help, null);
    }

    Metric(String key, Kind kind, String unit, String help, @Nullable String label) {
        this.key = key;
        this.kind = kind;
        this.unit = unit;
        this.help = help;
        this.label = label;
    }

    /** Dotted, as exporters spell it. */
    public String key() {
        return key;
    }

    public Kind kind() {
        return kind;
    }

    public String unit() {
        return unit;
    }

    public String help() {
        return help;
    }

    /** What its several values differ by; null where it has one. */
    public @Nullable String label() {
        return label;
    }

    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Is asked when somebody looks. */
        GAUGE
    }
}
