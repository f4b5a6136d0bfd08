package io.pgweir.telemetry;

import java.util.List;
import java.util.Locale;

/** Everything that is measured: one line each. A metric stands here only if something moves it. */
public enum Metric {
    SESSIONS_OPEN(
            "pgweir.sessions.open", Kind.GAUGE, "sessions", "Sessions that have a server or are connecting to one."),
    SESSIONS_STARTED("pgweir.sessions.started", Kind.COUNTER, "sessions", "Sessions that were admitted."),
    SESSIONS_REFUSED("pgweir.sessions.refused", Kind.COUNTER, "sessions", "Sessions over one of limits."),
    SESSIONS_WAITING("pgweir.sessions.waiting", Kind.GAUGE, "sessions", "Sessions in limits.queue."),
    LISTENER_SESSIONS(
            "pgweir.listener.sessions",
            Kind.GAUGE,
            "sessions",
            "Sessions that have a server; of each listener.",
            "listener",
            "cluster"),
    HANDSHAKES_REFUSED("pgweir.handshakes.refused", Kind.COUNTER, "connections", "Connections over limits.handshakes."),
    SESSIONS_OPAQUE(
            "pgweir.sessions.opaque",
            Kind.COUNTER,
            "sessions",
            "Sessions that went on as bytes after an internal fault."),
    SESSIONS_ENDED("pgweir.sessions.ended", Kind.COUNTER, "sessions", "Connections that have ended, by why.", "cause"),
    TRAFFIC(
            "pgweir.traffic",
            Kind.COUNTER,
            "bytes",
            "Bytes of sessions, above TLS: from-client, from-server.",
            "direction"),
    STATEMENTS(
            "pgweir.statements",
            Kind.COUNTER,
            "statements",
            "Statements, COPYs and function calls that are over, by pgaudit's class and by how they ended: ok, error, refused by"
                    + " pgweir, unanswered.",
            "class",
            "outcome"),
    STATEMENT_ROWS("pgweir.statement.rows", Kind.COUNTER, "rows", "Rows returned or affected, by the server's word."),
    STATEMENT_SERVER_TIME(
            "pgweir.statement.server.time",
            Kind.HISTOGRAM,
            "seconds",
            "From a statement's arrival to the end of its answer, without what pgweir itself took.",
            "class"),
    STATEMENT_OWN_TIME(
            "pgweir.statement.own.time",
            Kind.HISTOGRAM,
            "seconds",
            "What pgweir itself took of a statement's time, waiting for rules and records included."),
    TRANSACTIONS(
            "pgweir.transactions",
            Kind.COUNTER,
            "transactions",
            "Transaction blocks that are over, by how.",
            "outcome"),
    SPLIT_STATEMENTS(
            "pgweir.split.statements",
            Kind.COUNTER,
            "statements",
            "What clients of split listeners ran, by where it was sent (leader, reader) and why.",
            "target",
            "reason"),
    SPLIT_PINS(
            "pgweir.split.pins",
            Kind.COUNTER,
            "sessions",
            "Sessions of split listeners that stay with the leader, by what they did for that.",
            "reason"),
    SPLIT_MOVES(
            "pgweir.split.moves",
            Kind.COUNTER,
            "sessions",
            "Times that a session of a split listener went on with another leader connection than it had."),
    SPLIT_MISROUTES(
            "pgweir.split.misroutes",
            Kind.COUNTER,
            "statements",
            "Statements that a reader refused as writes, and the leader ran in its place."),
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
            "seconds",
            "Since those who know a cluster were heard; of each.",
            "cluster"),
    TOPOLOGY_NODES_OUT(
            "pgweir.topology.nodes.out",
            Kind.GAUGE,
            "nodes",
            "Nodes that take no new sessions; of each cluster.",
            "cluster"),
    TOPOLOGY_LAG(
            "pgweir.topology.lag",
            Kind.GAUGE,
            "seconds",
            "Since the oldest WAL was written that a node has not replayed, at most; of each node of which that is known.",
            "cluster",
            "node"),
    TOPOLOGY_LAG_BYTES(
            "pgweir.topology.lag.bytes",
            Kind.GAUGE,
            "bytes",
            "WAL that a node has not replayed; of each node of which that is known.",
            "cluster",
            "node"),
    NODE_SESSIONS(
            "pgweir.node.sessions",
            Kind.GAUGE,
            "sessions",
            "Sessions that each node of a cluster has, those included that are being connected to it; by the role that it has now.",
            "cluster",
            "node",
            "role"),
    NODE_STATE(
            "pgweir.node.state",
            Kind.GAUGE,
            "nodes",
            "Always 1: the role and state of each node, and why it takes no new sessions; in where it does.",
            "cluster",
            "node",
            "role",
            "state",
            "out"),
    NODE_CONNECTS(
            "pgweir.node.connects",
            Kind.COUNTER,
            "connects",
            "Times that a session was to be connected to a node, by how that ended: connected, failed, turned-away by the server,"
                    + " abandoned by the client.",
            "cluster",
            "node",
            "outcome"),
    NODE_CONNECT_TIME(
            "pgweir.node.connect.time",
            Kind.HISTOGRAM,
            "seconds",
            "From the choice of a node to a connection that the startup packet can be sent on: name, TCP and TLS.",
            "cluster",
            "node"),
    NODE_EJECTED(
            "pgweir.node.ejected",
            Kind.GAUGE,
            "nodes",
            "1 while a node is left alone because it kept failing, else 0; where the cluster has ejection.",
            "cluster",
            "node"),
    NODE_EJECTIONS(
            "pgweir.node.ejections",
            Kind.COUNTER,
            "ejections",
            "Times that a node was left alone because it kept failing; where the cluster has ejection.",
            "cluster",
            "node"),
    NODE_BREAKER(
            "pgweir.node.breaker",
            Kind.GAUGE,
            "nodes",
            "Always 1: the state of each node's breaker, closed, open or half-open; where the cluster has one.",
            "cluster",
            "node",
            "state"),
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
    RULES_HITS(
            "pgweir.rules.hits",
            Kind.COUNTER,
            "hits",
            "Times that a rule matched: by the rule's id, by whether it is enforced, and by its strongest action; exempt where it"
                    + " was, none where it was not sure and ignores that.",
            "rule",
            "mode",
            "action"),
    RULES_VERDICTS(
            "pgweir.rules.verdicts",
            Kind.COUNTER,
            "requests",
            "Requests that any rule matched, by the strongest action of all; none where nothing was to be done.",
            "action"),
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
    RULES_LOADED("pgweir.rules.loaded", Kind.GAUGE, "rules", "Rules of the set in force, by mode.", "mode"),
    RELOADS(
            "pgweir.reloads",
            Kind.COUNTER,
            "reloads",
            "Times that something was read anew: what it was, and whether it was taken over (ok) or what was there before stays"
                    + " (failed).",
            "what",
            "outcome"),
    RELOAD_AGE(
            "pgweir.reload.age",
            Kind.GAUGE,
            "seconds",
            "Since something was read anew, for each that has been; of rules, since they were read first.",
            "what"),
    LOOP_DELAY(
            "pgweir.loop.delay",
            Kind.HISTOGRAM,
            "seconds",
            "How late an event loop comes to what is due; looked at twice a second, where there is an admin side.",
            "loop"),
    BUILD_INFO("pgweir.build.info", Kind.GAUGE, "builds", "Always 1: what runs here.", "version", "java", "netty"),
    AUDIT_QUEUED("pgweir.audit.queued", Kind.GAUGE, "records", "Audit records that wait for the writer."),
    AUDIT_SINK_BEHIND(
            "pgweir.audit.sink.behind",
            Kind.GAUGE,
            "bytes",
            "Of the audit spool, on disk and not yet taken by the sink; of each sink.",
            "sink"),
    AUDIT_SINK_LAG(
            "pgweir.audit.sink.lag",
            Kind.GAUGE,
            "seconds",
            "Since a sink last had all that was on disk; 0 while it has. Of each sink, where there is a spool.",
            "sink"),
    AUDIT_SPOOL_LIMIT(
            "pgweir.audit.spool.limit", Kind.GAUGE, "bytes", "What all segments of the audit spool may hold at most."),
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
            "pgweir.audit.journal.failures", Kind.COUNTER, "calls", "Times that the audit journal took no records."),
    CAPTURE_RUNNING("pgweir.capture.running", Kind.GAUGE, "captures", "1 while a capture runs, else 0."),
    CAPTURE_SESSIONS("pgweir.capture.sessions", Kind.GAUGE, "sessions", "Sessions that are being captured."),
    CAPTURE_MESSAGES(
            "pgweir.capture.messages",
            Kind.COUNTER,
            "messages",
            "Messages that went on their way into a capture file."),
    CAPTURE_BYTES(
            "pgweir.capture",
            Kind.COUNTER,
            "bytes",
            "Bodies of the messages that went on their way into a capture file."),
    CAPTURE_DROPPED(
            "pgweir.capture.dropped",
            Kind.COUNTER,
            "messages",
            "Messages that a capture has not: queue-full, too-large for the format, or disk, which did not take them; its files tell where.",
            "reason"),
    CAPTURE_QUEUED("pgweir.capture.queued", Kind.GAUGE, "bytes", "Of the capture's queue: what waits for its writer."),
    CAPTURE_FILES("pgweir.capture.files", Kind.COUNTER, "bytes", "Written to capture files, compressed."),
    CAPTURE_FULL(
            "pgweir.capture.full",
            Kind.COUNTER,
            "captures",
            "Captures that ended, or did not begin with the agent, because their directory has capture.dir-bytes."),
    CLOUDWATCH_EVENTS("pgweir.cloudwatch.events", Kind.COUNTER, "events", "Metric events that CloudWatch Logs took."),
    CLOUDWATCH_DROPPED(
            "pgweir.cloudwatch.dropped",
            Kind.COUNTER,
            "events",
            "Metric events that CloudWatch Logs did not take; what they counted goes with the next.");

    private final String key;
    private final Kind kind;
    private final String unit;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<String> labels;

    Metric(String key, Kind kind, String unit, String help, String... labels) {
        this.key = key;
        this.kind = kind;
        this.unit = unit;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** Dotted, as exporters spell it. */
    public String key() {
        return key;
    }

    public Kind kind() {
        return kind;
    }

    /**
     * As Prometheus spells it, but for the {@code _total} of counters: words joined by {@code _}, the unit last where it is one that
     * is measured in.
     */
    public String exported() {
        String name = key.replace('.', '_').replace('-', '_').toLowerCase(Locale.ROOT);
        boolean measured = unit.equals("bytes") || isTime();
        return measured && !name.endsWith(unit) ? name + "_" + unit : name;
    }

    /** Whether its values are nanoseconds, which exporters tell in seconds. */
    public boolean isTime() {
        return unit.equals("seconds");
    }

    public String unit() {
        return unit;
    }

    public String help() {
        return help;
    }

    /** What its several values differ by; empty where it has one. */
    public List<String> labels() {
        return labels;
    }

    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Is asked when somebody looks. */
        GAUGE,
        /** How often it took how long. */
        HISTOGRAM
    }
}
