package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.pgweir.proxy.rows.KnownColumns;
import io.pgweir.rules.Action;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.RuleSet;
import io.pgweir.session.SessionTracker;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.TransactionStatus;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the catalog, within the client's own session, which columns the rules' patterns mean: docs/adr/0008.
 *
 * <p>It asks right in front of a client's request that comes while the server is idle and in no transaction, and waits for
 * nothing: the server answers it first. Every name and operator is written with its schema, so that no search path makes it mean
 * another.
 *
 * <p>Thread: the session's event loop.
 */
final class CatalogLookup implements OwnQuestion.Answer {
    private static final Logger log = LoggerFactory.getLogger(CatalogLookup.class);

    private static final int ROWS_MAX = 50_000;

    /** Tags of what makes relations, all of which the statement names. */
    private static final List<String> CREATES =
            List.of("CREATE TABLE", "CREATE VIEW", "CREATE MATERIALIZED VIEW", "CREATE FOREIGN TABLE");

    /** Tags of what renames relations and columns, moves them, adds columns, attaches partitions; or makes relations without a name. */
    private static final List<String> ALTERS = List.of(
            "ALTER TABLE",
            "ALTER VIEW",
            "ALTER MATERIALIZED VIEW",
            "ALTER FOREIGN TABLE",
            "ALTER SCHEMA",
            "ALTER TYPE",
            "CREATE SCHEMA",
            "IMPORT FOREIGN SCHEMA");

    /** Of each table, partition and view that a pattern means, or that inherits from one, all columns. */
    private static final String SQL = """
            /* pgweir: which columns do the masking rules mean */
            WITH RECURSIVE wanted(s, r, c) AS (
              SELECT * FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]),
                pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[]))
            ), family(root, member) AS (
              SELECT c.oid, c.oid FROM wanted w
                JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.~~) w.s
                JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
                  AND c.relname OPERATOR(pg_catalog.~~) w.r
                JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                  AND a.attname OPERATOR(pg_catalog.~~) w.c
                WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f}'::pg_catalog."char"[])
                  AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
              UNION
              SELECT f.root, i.inhrelid FROM family f
                JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) f.member
            )
            SELECT rn.nspname, r.relname, m.oid, mn.nspname, m.relname, a.attnum, a.attname,
                CASE WHEN t.typbasetype OPERATOR(pg_catalog.=) 0 THEN t.oid ELSE t.typbasetype END,
                t.typcategory, a.attgenerated OPERATOR(pg_catalog.<>) ''
              FROM family f
              JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) f.root
              JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
              JOIN pg_catalog.pg_class m ON m.oid OPERATOR(pg_catalog.=) f.member
              JOIN pg_catalog.pg_namespace mn ON mn.oid OPERATOR(pg_catalog.=) m.relnamespace
              JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) m.oid
              JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
              WHERE a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
              ORDER BY m.oid, a.attnum LIMIT 50000
            """;

    private final SessionTracker tracker;
    private final Catalogs catalogs;
    private final OwnQuestion question;
    private final String cluster;
    private final String database;

    /** Replication connections speak no extended protocol. */
    private final boolean able;

    private Catalogs.@Nullable Key key;

    /** Of the rules as they were when the session was last about to ask. */
    private List<Action.Mask> masks = List.of();

    private KnownColumns answer = new KnownColumns();
    private int rows;
    private long epoch;

    /** This session has created or altered what may have masked columns, and nobody else sees it yet. */
    private boolean uncommitted;

    CatalogLookup(
            SessionTracker tracker,
            Catalogs catalogs,
            OwnQuestion question,
            String cluster,
            String database,
            boolean able) {
        this.tracker = tracker;
        this.catalogs = catalogs;
        this.question = question;
        this.cluster = cluster;
        this.database = database;
        this.able = able;
    }

    Catalogs.Answer known() {
        Catalogs.Key of = key;
        Catalogs.Answer known = of == null ? Catalogs.UNKNOWN : catalogs.known(of);
        return uncommitted ? new Catalogs.Answer(known.columns(), false) : known;
    }

    /** What to send in front of a request of this type; null for nothing. */
    @Nullable
    ByteBuf ask(byte type, RuleSet set) {
        if (!begins(type)) {
            return null;
        }
        masks = set.allMasks();
        if (masks.isEmpty() || !able || !isIdle()) {
            return null;
        }
        Catalogs.Key of = new Catalogs.Key(cluster, database, set.hash());
        key = of;
        if (!catalogs.wants(of)) {
            return null;
        }
        answer = new KnownColumns();
        rows = 0;
        epoch = catalogs.epoch();
        return ask();
    }

    private static boolean begins(byte type) {
        return switch (type) {
            case MessageType.Frontend.QUERY,
                    MessageType.Frontend.PARSE,
                    MessageType.Frontend.BIND,
                    MessageType.Frontend.EXECUTE -> true;
            default -> false;
        };
    }

    private boolean isIdle() {
        return question.isFree() && tracker.transactionStatus() == TransactionStatus.IDLE;
    }

    private ByteBuf ask() {
        Charset charset = tracker.clientCharset();
        return question.ask(
                SQL,
                this,
                array(ColumnPattern::schema).getBytes(charset),
                array(ColumnPattern::relation).getBytes(charset),
                array(ColumnPattern::column).getBytes(charset));
    }

    /** An array literal of LIKE patterns. */
    private String array(Function<ColumnPattern, @Nullable NamePattern> part) {
        StringBuilder array = new StringBuilder("{");
        for (Action.Mask mask : masks) {
            for (ColumnPattern pattern : mask.columns()) {
                array.append(array.length() == 1 ? "\"" : ",\"");
                NamePattern name = part.apply(pattern);
                addLike(array, name == null ? "*" : name.text());
                array.append('"');
            }
        }
        return array.append('}').toString();
    }

    /** A glob as LIKE writes it, as an array's element: a backslash for LIKE is two for the array. */
    private static void addLike(StringBuilder array, String glob) {
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> array.append('%');
                case '?' -> array.append('_');
                case '%', '_' -> array.append("\\\\").append(c);
                case '\\' -> array.append("\\\\\\\\");
                case '"' -> array.append("\\\"");
                default -> array.append(c);
            }
        }
    }

    @Override
    public int columns() {
        return 10;
    }

    @Override
    public void onRow() {
        rows++;
        answer.add(
                question.text(0),
                question.text(1),
                question.oid(2),
                question.text(3),
                question.text(4),
                new KnownColumns.Column(
                        question.oid(5),
                        question.text(6),
                        question.oid(7),
                        question.text(8).equals("S"),
                        question.text(9).equals("t")));
    }

    @Override
    public void onError(ErrorFields error) {
        log.atWarn()
                .addKeyValue("cluster", cluster)
                .addKeyValue("database", database)
                .addKeyValue("sqlState", error.sqlState())
                .log("Catalog could not be asked for masked columns, they go by name");
    }

    @Override
    public void onEnd(boolean whole) {
        if (key != null) {
            catalogs.put(key, whole && rows < ROWS_MAX ? answer : null, epoch);
        }
        answer = new KnownColumns();
    }

    /**
     * A result ends well: was it DDL that an answer does not know of?
     *
     * @param ended facts of what it was a result of
     */
    void onEnding(String tag, Supplier<@Nullable StatementFacts> ended) {
        if (masks.isEmpty() || uncommitted) {
            return;
        }
        if (startsWithAny(tag, ALTERS)) {
            uncommitted = true;
        } else if (startsWithAny(tag, CREATES)) {
            uncommitted = mayBeMasked(ended.get());
        } else if (tag.startsWith("SELECT ")) {
            // So CREATE TABLE AS and SELECT INTO end, too.
            StatementFacts facts = ended.get();
            uncommitted = facts != null && facts.statementClass() == StatementClass.DDL && mayBeMasked(facts);
        }
    }

    private static boolean startsWithAny(String tag, List<String> starts) {
        for (String start : starts) {
            if (tag.startsWith(start)) {
                return true;
            }
        }
        return false;
    }

    /** By the name of what is created, or of a table that it is a partition of or inherits from. */
    private boolean mayBeMasked(@Nullable StatementFacts created) {
        return created == null
                || !created.complete()
                || created.ambiguous()
                || mayBeMeant(created.writes())
                || mayBeMeant(created.reads());
    }

    private boolean mayBeMeant(Set<RelationName> relations) {
        for (RelationName relation : relations) {
            for (Action.Mask mask : masks) {
                for (ColumnPattern pattern : mask.columns()) {
                    if (pattern.mayMean(relation.schema(), relation.name())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    void onReady(TransactionStatus status) {
        if (uncommitted && status == TransactionStatus.IDLE) {
            uncommitted = false;
            catalogs.onDdl(cluster, database);
        }
    }
}
