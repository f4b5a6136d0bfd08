package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.pgweir.routing.split.Execution;
import io.pgweir.routing.split.Functions;
import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.Reads;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.PgCharset;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a client of a split session says, understood: what its statements ask for, and which of them it has prepared, on whatever node.
 *
 * <p>Thread: the session's event loop.
 */
final class ClientStatements {
    /** Where it has waited for the catalog in vain, it does not wait again for this long. */
    private static final long BLIND_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A session that prepares more by SQL than this stays with the leader. */
    static final int PREPARED_MAX = 1024;

    private static final Need LONG_PREPARE = new Need(Need.Where.LEADER, Need.Effect.STATE, "long");

    private static final Need LONG = new Need(Need.Where.LEADER, Need.Effect.NONE, "long");

    /** Compiled (JIT), as servers do with what looks costly, it takes seconds; without, some milliseconds. For its own transaction only. */
    private static final String CATALOG_QUESTION = "SET LOCAL jit = off; " + Functions.SQL;

    private static final LexicalRules BACKSLASHES = new LexicalRules(false);

    private final SplitSession session;
    private final SplitSetup setup;
    private final Steering steering;
    private final EventLoop loop;
    private final String database;
    private final Map<String, Parsed> prepared = new HashMap<>(4);

    /** PREPAREs that the leader has not answered yet. */
    private final List<SqlStatement> asked = new ArrayList<>(0);

    private Charset charset = StandardCharsets.UTF_8;
    private LexicalRules rules = LexicalRules.DEFAULT;

    /** What a statement asks for cannot be told before the catalog has been read. */
    private boolean learning;

    /** This session has changed what functions there may be, and what is known is older. */
    private boolean defined;

    /** It has waited for the catalog in vain, at {@link #blindNanos}. */
    private boolean blind;

    private long blindNanos;
    private int waits;

    ClientStatements(
            SplitSession session, SplitSetup setup, SessionSettings settings, EventLoop loop, String database) {
        this.session = session;
        this.setup = setup;
        this.steering = new Steering(setup.reads().hints(), settings);
        this.loop = loop;
        this.database = database;
    }

    /** The leader says how it takes what the client says. */
    void onParameter(String name, String value) {
        switch (name) {
            case "client_encoding" -> charset = PgCharset.of(value);
            case "standard_conforming_strings" -> rules = value.equals("off") ? BACKSLASHES : LexicalRules.DEFAULT;
            default -> {}
        }
    }

    Charset charset() {
        return charset;
    }

    /** What the client means by the name. */
    @Nullable
    Parsed prepared(String name) {
        return prepared.get(name);
    }

    /** All that the client has prepared. */
    Collection<Parsed> prepared() {
        return prepared.values();
    }

    private boolean listsPrepared(SqlStatement statement) {
        for (RelationName read : setup.facts().get().of(statement).reads()) {
            if (read.name().equals("pg_prepared_statements")) {
                return true;
            }
        }
        return false;
    }

    boolean knows(Parsed parsed) {
        return prepared.get(parsed.name()) == parsed;
    }

    void onParse(Parsed parsed) {
        prepared.put(parsed.name(), parsed);
    }

    void onNotParsed(Parsed parsed) {
        prepared.remove(parsed.name(), parsed);
    }

    /** @return what it was; null where there was none */
    @Nullable
    Parsed onClose(String name) {
        return prepared.remove(name);
    }

    void onCloseAll() {
        prepared.clear();
    }

    /** Whether each of them could be made on another node. */
    boolean areKept() {
        return prepared.values().stream().allMatch(Parsed::isKept);
    }

    /** What a query text asks for; each statement with what it asks for is added to {@code done}. */
    Need needOf(String text, List<Segment.Done> done) {
        Need worst = null;
        boolean control = false;
        boolean effects = false;
        List<SqlStatement> all = setup.statements().get().get(text, rules).statements();
        int said = asked.size();
        for (SqlStatement statement : all) {
            Need need = needOf(statement, all.size() == 1);
            if (statement.kind() == StatementKind.PREPARE && all.size() > 1) {
                asked.add(statement);
            }
            done.add(new Segment.Done(need, statement));
            control |= need.reason().equals(Reason.TRANSACTION_CONTROL);
            effects |= need.effect() == Need.Effect.SETTING || need.effect() == Need.Effect.RESET;
            worst = worst == null ? need : worst.and(need);
        }
        asked.subList(said, asked.size()).clear();
        if (done.size() > 1 && control && effects) {
            session.ties().pin("settings-in-script");
        }
        return worst == null ? Need.READ : worst;
    }

    /** @param alone whether nothing else is in its query string */
    Need needOf(SqlStatement statement, boolean alone) {
        Need need = statement.kind() == StatementKind.EXECUTE
                ? Execution.need(statement, executed(statement), arguments(statement))
                : Reads.of(statement, setup.facts().get().of(statement), functions());
        return steered(need, statement, alone);
    }

    private Functions functions() {
        return defined && blind ? Functions.NONE : setup.functions().of(database);
    }

    private Need steered(Need need, SqlStatement statement, boolean alone) {
        Need steered = steering.applied(need, statement, alone);
        return steered.where() == Need.Where.ANY && isMisrouted(statement) ? Need.MISROUTED : steered;
    }

    /** As the catalog has it by now. */
    Need needOf(Parsed parsed) {
        SqlStatement definition = parsed.definition();
        SqlStatement statement = parsed.statement();
        if (definition != null) {
            return needOfPrepared(definition);
        }
        Need need = statement == null ? Need.READ : needOf(statement, true);
        return parsed.isKept() ? need : tooLong(need, statement);
    }

    private Need needOfPrepared(SqlStatement definition) {
        return steered(Reads.prepared(definition, setup.facts().get().of(definition), functions()), definition, true);
    }

    /** What is not kept cannot be given to another node. */
    static Need tooLong(Need need, @Nullable SqlStatement statement) {
        if (statement != null && statement.kind() == StatementKind.PREPARE) {
            return LONG_PREPARE;
        }
        return need.where() == Need.Where.ANY ? LONG : need;
    }

    /** Of a name that the server may not have said yes to more than one statement may be meant: what holds for all of them. */
    private @Nullable Need executed(SqlStatement statement) {
        String name = statement.preparedName();
        Parsed known = name == null ? null : prepared.get(name);
        Need need = known == null ? null : needOf(known);
        for (SqlStatement prepare : asked) {
            if (Objects.equals(prepare.preparedName(), name)) {
                Need other = needOfPrepared(prepare);
                need = need == null ? other : need.and(other);
            }
        }
        return need;
    }

    private @Nullable Need arguments(SqlStatement statement) {
        String query = Execution.arguments(statement);
        if (query == null || query.isEmpty()) {
            return query == null ? null : Need.READ;
        }
        LexicalRules read = statement.backslashes() ? BACKSLASHES : LexicalRules.DEFAULT;
        List<SqlStatement> all = setup.statements().get().get(query, read).statements();
        return all.size() == 1 ? Reads.of(all.getFirst(), setup.facts().get().of(all.getFirst()), functions()) : null;
    }

    /** The leader is asked that. */
    void onAsked(List<Segment.Done> parts) {
        for (Segment.Done part : parts) {
            SqlStatement statement = part.statement();
            if (statement != null && statement.kind() == StatementKind.PREPARE) {
                asked.add(statement);
            }
        }
    }

    /** The leader has answered that, whatever it has said. */
    void onAnswered(SqlStatement prepare) {
        asked.remove(prepare);
    }

    /** Nobody answers what was asked any more. */
    void onNotAnswered() {
        asked.clear();
    }

    /**
     * The leader has prepared that.
     *
     * @param reading {@link SessionSettings#reading}
     * @return null where it cannot be known: it has no name, or no statement
     */
    @Nullable
    Parsed onPrepare(SqlStatement prepare, int reading) {
        String name = prepare.preparedName();
        String text = prepare.preparedText();
        if (name == null || text == null) {
            return null;
        }
        LexicalRules read = prepare.backslashes() ? BACKSLASHES : LexicalRules.DEFAULT;
        List<SqlStatement> all = setup.statements().get().get(text, read).statements();
        if (all.isEmpty()) {
            return null;
        }
        Parsed made = new Parsed(name, all.getFirst(), prepare, reading);
        prepared.put(name, made);
        return made;
    }

    /** Whether a statement names something that the client has prepared, or asks for all of that. */
    boolean namesPrepared(SqlStatement statement, Need need) {
        return !prepared.isEmpty()
                && switch (statement.kind()) {
                    case PREPARE, EXECUTE, DEALLOCATE -> prepared.containsKey(nameIn(statement));
                    case OTHER -> need.reason().equals(Reason.ABOUT_THE_SERVER) && listsPrepared(statement);
                    default -> false;
                };
    }

    /** What that is, to {@code names}. */
    void addNamed(SqlStatement statement, List<Parsed> names) {
        if (statement.kind() == StatementKind.OTHER) {
            names.addAll(prepared.values());
        } else {
            names.add(Objects.requireNonNull(prepared.get(nameIn(statement))));
        }
    }

    private static String nameIn(SqlStatement statement) {
        return Objects.requireNonNullElse(statement.preparedName(), "");
    }

    /** Whether the client wants it to go there. */
    boolean isForLeader(SqlStatement statement) {
        return steering.isForLeader(statement);
    }

    private boolean isMisrouted(SqlStatement statement) {
        Misroutes misroutes = setup.misroutes();
        return !misroutes.isEmpty()
                && misroutes.isRefused(
                        database, statement.fingerprint(), setup.functions().definitions(database), System.nanoTime());
    }

    /** A standby has refused that as a write; null where nobody knows what it was. */
    void onMisroute(@Nullable SqlStatement statement) {
        if (statement != null) {
            int definitions = setup.functions().definitions(database);
            setup.misroutes().onRefused(database, statement.fingerprint(), definitions, System.nanoTime());
        }
    }

    /** Name of what a statement sets; null for all, or where that is not known. */
    @Nullable
    String settingOf(SqlStatement statement) {
        return setup.facts().get().of(statement).setting();
    }

    /** What functions there are may have changed. */
    void onDefinition() {
        setup.functions().onDdl(database);
        defined = true;
    }

    /** Whether the catalog is being read, without which not everything can be understood. */
    boolean areLearning() {
        return learning;
    }

    /** Whether what is known is older than what this session has defined, and can be known: that is asked for when a read comes. */
    boolean areBehind() {
        return defined && !blind;
    }

    /**
     * Asks the leader what functions do, where nobody of this database knows, or it was long ago; what is not known, or was changed
     * here, is waited for; not for ever: without it, everything is the leader's.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Whatever comes of it, the other one ends the wait.
    void learn(NodeSession leader) {
        if (learning) {
            return;
        }
        FunctionCatalogs catalogs = setup.functions();
        long now = System.nanoTime();
        if (catalogs.wants(database, now)) {
            leader.run(MessageWriter.query(leader.channel().alloc(), CATALOG_QUESTION), catalogs.ask(database));
        }
        defined &= !catalogs.isSettled(database);
        if (!defined && catalogs.isKnown(database)) {
            blind = false;
        } else if (!blind || now - blindNanos >= BLIND_NANOS) {
            learning = true;
            blind = false;
            int wait = ++waits;
            catalogs.whenTold(database, () -> loop.execute(() -> learned(wait, true)));
            loop.schedule(() -> learned(wait, false), session.silenceMillisMax(), TimeUnit.MILLISECONDS);
        }
    }

    private void learned(int wait, boolean told) {
        if (learning && wait == waits) {
            learning = false;
            blind = !told;
            blindNanos = System.nanoTime();
            session.settle();
        }
    }
}
