package io.pgweir.audit.encode;

import io.pgweir.audit.AgentFacts;
import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.EndFacts;
import io.pgweir.audit.Origin;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.SessionTotals;
import io.pgweir.audit.seal.Chain;
import io.pgweir.config.AuditConfig;
import io.pgweir.session.Transaction;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import java.io.OutputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;

/** One line of JSON a record, as {@code schemas/audit-event.v1.json} says. */
public final class JsonEncoder {
    private static final int VERSION = 1;

    /** Startup parameters whose values are names or settings of PostgreSQL itself. {@code options} may hold anything. */
    private static final Set<String> SHOWN_PARAMETERS = Set.of(
            "user",
            "database",
            "application_name",
            "replication",
            "client_encoding",
            "DateStyle",
            "TimeZone",
            "extra_float_digits");

    private final boolean full;
    private final SerializableString agent;
    private final ControlText controls;
    private final OriginText origins = new OriginText();
    private final ExecutionText executions;
    private final Disclosed open;
    private Target target;
    private JsonText json;

    public JsonEncoder(AuditConfig config, AgentFacts agent, Tokens tokens) {
        full = config.text() == AuditConfig.Content.FULL;
        this.agent = JsonText.fragment(text -> writeAgent(text, agent));
        controls = new ControlText(config);
        open = new Disclosed(tokens);
        executions = new ExecutionText(config, tokens, open);
        target = new Target();
        json = new JsonText(target);
    }

    /**
     * Appends one record, sealed to {@code chain}, without a line feed. Where it throws, half a record may stand in
     * {@code records}: the caller cuts it off, and calls {@link #reset}.
     *
     * @param idHigh upper half of the record's UUID
     * @param idLow lower half
     */
    public void encode(AuditEvent event, long idHigh, long idLow, Chain chain, RecordBuffer records) {
        int from = records.size();
        target.to = records;
        open.clear();
        json.begin();
        json.number(Property.VERSION, VERSION);
        json.uuid(Property.ID, idHigh, idLow);
        json.string(Property.TYPE, event.type());
        json.time(Property.TIME, event.micros());
        json.string(Property.CHAIN, chain.uid());
        json.number(Property.SEQ, chain.seq());
        json.value(Property.AGENT, agent);
        if (event instanceof AuditEvent.OfSession ofSession) {
            json.uuid(Property.SESSION, ofSession.origin().session());
            json.number(Property.SESSION_SEQ, ofSession.sequence());
            origins.write(json, ofSession.origin());
        }
        writeRest(event);
        json.end();
        json.flush();
        records.cut(records.size() - 1);
        if (event instanceof AuditEvent.AuditCheckpoint) {
            chain.sealCheckpoint(records, from);
        } else {
            chain.seal(records, from);
        }
        open.appendTo(records);
        records.write('}');
    }

    /** After {@link #encode} threw: forgets what it had begun. */
    public void reset() {
        // What the old generator still holds goes nowhere.
        target.to = OutputStream.nullOutputStream();
        target = new Target();
        json = new JsonText(target);
    }

    private void writeRest(AuditEvent event) {
        switch (event) {
            case AuditEvent.OfExecution of -> executions.write(json, of);
            case AuditEvent.TransactionEnd of -> write(of);
            case AuditEvent.SessionStart of -> write(of);
            case AuditEvent.SessionAuth of -> write(of);
            case AuditEvent.SessionEnd of -> write(of);
            case AuditEvent.Cancel of -> write(of);
            case AuditEvent.RuleAlert of -> executions.write(json, of);
            case AuditEvent.StatementIntent of -> executions.write(json, of.intent());
            case AuditEvent.AuditStart of -> controls.write(json, of);
            case AuditEvent.AuditStop of -> controls.write(json, of);
            case AuditEvent.AuditGap of -> controls.write(json, of);
            case AuditEvent.AuditHeartbeat of -> controls.write(json, of);
            case AuditEvent.AuditCheckpoint of -> controls.write(json, of);
            case AuditEvent.AuditReload of -> controls.write(json, of);
            case AuditEvent.TopologyChange of -> controls.write(json, of);
            case AuditEvent.SinkDown of -> controls.write(json, of);
            case AuditEvent.SinkUp of -> controls.write(json, of);
        }
    }

    private void write(AuditEvent.SessionStart start) {
        StartupPacket.Startup startup = start.startup();
        json.begin(Property.STARTUP);
        json.string(Property.PROTOCOL, startup.major() + "." + startup.minor());
        json.beginArray(Property.PARAMETERS);
        for (StartupPacket.Parameter parameter : startup.parameters()) {
            json.begin();
            json.string(Property.NAME, parameter.name());
            json.number(Property.LENGTH, parameter.value().length());
            if (SHOWN_PARAMETERS.contains(parameter.name())) {
                json.string(Property.VALUE, parameter.value());
            }
            json.end();
        }
        json.endArray();
        json.end();
    }

    private void write(AuditEvent.SessionAuth auth) {
        ErrorFields error = auth.error();
        json.begin(Property.AUTH);
        json.string(Property.METHOD, auth.method());
        json.string(Property.OUTCOME, error == null ? "success" : "failure");
        if (error != null) {
            json.string(Property.SQLSTATE, error.sqlState());
            json.string(Property.SEVERITY, error.severity());
            json.string(Property.MESSAGE, message(error, auth.origin()));
        }
        json.end();
        RulesText.write(json, auth.verdict());
    }

    private String message(ErrorFields error, Origin origin) {
        return full
                ? error.message()
                : ServerMessage.redacted(error, name -> name.equals(origin.user()) || name.equals(origin.database()));
    }

    private void write(AuditEvent.SessionEnd event) {
        EndFacts end = event.end();
        SessionTotals totals = event.totals();
        json.begin(Property.END);
        json.string(Property.CAUSE, end.cause());
        json.stringUnlessNull(Property.SQLSTATE, end.sqlState());
        if (end.opaque()) {
            json.bool(Property.OPAQUE, true);
        }
        json.end();
        json.begin(Property.TOTALS);
        json.number(Property.EXECUTIONS, totals.executions());
        json.number(Property.ERRORS, totals.errors());
        json.number(Property.ROWS, totals.rows());
        json.number(Property.TRANSACTIONS, totals.transactions());
        json.number(Property.BYTES_FROM_CLIENT, end.bytesFromClient());
        json.number(Property.BYTES_FROM_SERVER, end.bytesFromServer());
        json.end();
        json.number(Property.DURATION_US, Math.max(0, totals.durationNanos()) / 1000);
    }

    private void write(AuditEvent.TransactionEnd event) {
        Transaction transaction = event.transaction();
        long duration = Math.max(0, transaction.endNanos() - transaction.startNanos());
        json.begin(Property.TRANSACTION);
        json.number(Property.NUMBER, transaction.number());
        json.bool(Property.EXPLICIT, transaction.explicit());
        json.string(Property.OUTCOME, Words.of(transaction.outcome()));
        json.number(Property.EXECUTIONS, transaction.executions());
        json.end();
        RulesText.write(json, event.verdict());
        json.time(Property.TIME_END, event.origin().micros(transaction.startNanos() + duration));
        json.number(Property.DURATION_US, duration / 1000);
    }

    private void write(AuditEvent.Cancel cancel) {
        json.begin(Property.CANCEL);
        if (cancel.target() == null) {
            json.nil(Property.TARGET);
        } else {
            json.uuid(Property.TARGET, cancel.target());
        }
        json.bool(Property.FORWARDED, cancel.forwarded());
        json.end();
    }

    private static void writeAgent(JsonText json, AgentFacts agent) {
        json.begin();
        json.string(Property.INSTANCE, agent.instance());
        json.string(Property.VERSION, agent.version());
        json.stringUnlessNull(Property.HOST, agent.host());
        json.end();
    }

    /** Where the generator, which lives longer than one call, writes to now. */
    private static final class Target extends OutputStream {
        private @Nullable OutputStream to;

        @Override
        public void write(int single) throws java.io.IOException {
            if (to != null) {
                to.write(single);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws java.io.IOException {
            if (to != null) {
                to.write(bytes, offset, length);
            }
        }
    }
}
