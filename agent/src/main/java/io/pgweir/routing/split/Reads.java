package io.pgweir.routing.split;

import io.pgweir.routing.split.Need.Effect;
import io.pgweir.routing.split.Need.Where;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.sql.facts.StatementFacts;
import org.jspecify.annotations.Nullable;

/**
 * Tells reads from the rest. What is not known to be a read is none; docs/split.md has the rules in words.
 *
 * <p>The answer to a query is kept with its facts; other statements are lexed again where their facts do not tell enough.
 */
public final class Reads {
    private static final Need TRANSACTION_CONTROL = Need.leader(Reason.TRANSACTION_CONTROL);
    private static final Need SETTING = Need.leader(Reason.SETTING, Effect.SETTING);
    private static final Need RESET = Need.leader(Reason.SETTING, Effect.RESET);
    private static final Need CURSOR = Need.leader(Reason.CURSOR);
    private static final Need DEFINITION = Need.leader(Reason.DEFINITION);
    private static final Need MAINTENANCE = Need.leader(Reason.MAINTENANCE);
    private static final Need PREPARED = Need.leader(Reason.PREPARED_STATEMENT);

    private Reads() {}

    /**
     * @param facts of this statement
     * @param functions of the database that it runs in
     */
    public static Need of(SqlStatement statement, StatementFacts facts, Functions functions) {
        return switch (statement.kind()) {
            case BEGIN -> new Words(statement).isReadOnly() ? Need.leader(Reason.BEGIN_READ_ONLY) : TRANSACTION_CONTROL;
            case COMMIT, ROLLBACK, SAVEPOINT, ROLLBACK_TO, RELEASE, PREPARE_TRANSACTION -> TRANSACTION_CONTROL;
            case COMMIT_PREPARED, ROLLBACK_PREPARED -> Need.leader(Reason.WRITE);
            case PREPARE, DEALLOCATE, DEALLOCATE_ALL -> PREPARED;
            case EXECUTE -> Execution.need(statement, null, null);
            case DISCARD_ALL -> RESET;
            case COPY -> after(Reason.COPY, statement, facts, functions);
            case OTHER -> byCommand(statement, facts, functions);
        };
    }

    /** What is executed by that PREPARE's name. */
    public static Need prepared(SqlStatement prepare, StatementFacts facts, Functions functions) {
        return kept(prepare, facts, functions);
    }

    /** A table over the command, hence long. */
    private static Need byCommand(SqlStatement statement, StatementFacts facts, Functions functions) {
        String command = statement.command();
        return switch (command) {
            case "SELECT", "EXPLAIN" -> kept(statement, facts, functions);
            case "INSERT", "UPDATE", "DELETE", "MERGE" -> after(Reason.WRITE, statement, facts, functions);
            case "SELECT INTO", "CREATE TABLE AS" -> creation(statement, facts, functions);
            case "TRUNCATE TABLE" -> Need.leader(Reason.WRITE);
            case "SET" -> set(statement, facts);
            case "RESET" -> SETTING;
            case "SET CONSTRAINTS" -> TRANSACTION_CONTROL;
            case "SHOW" ->
                OwnSetting.isShown(statement, OwnSetting.LSN)
                        ? Need.leader(Reason.SETTING)
                        : Need.leader(Reason.ABOUT_THE_SERVER);
            case "DECLARE CURSOR" ->
                new Words(statement).isHeld()
                        ? Need.leader(Reason.CURSOR, Effect.STATE)
                        : after(Reason.CURSOR, statement, facts, functions);
            case "FETCH", "MOVE", "CLOSE CURSOR", "CLOSE CURSOR ALL" -> CURSOR;
            case "LISTEN" -> Need.leader(Reason.LISTEN, Effect.STATE);
            case "UNLISTEN" -> Need.leader(Reason.LISTEN);
            case "NOTIFY" -> Need.leader(Reason.NOTIFY);
            case "DO", "CALL" -> Need.leader(Reason.CODE, Effect.STATE);
            case "LOAD" -> Need.leader(Reason.SESSION_STATE, Effect.STATE);
            case "DISCARD PLANS", "DISCARD SEQUENCES", "DISCARD TEMP" -> Need.leader(Reason.SESSION_STATE);
            case "LOCK TABLE" -> Need.leader(Reason.LOCK);
            case "VACUUM", "ANALYZE", "CLUSTER", "REINDEX", "CHECKPOINT" -> MAINTENANCE;
            case "GRANT",
                    "GRANT ROLE",
                    "REVOKE",
                    "REVOKE ROLE",
                    "COMMENT",
                    "SECURITY LABEL",
                    "REFRESH MATERIALIZED VIEW",
                    "REASSIGN OWNED",
                    "IMPORT FOREIGN SCHEMA" -> DEFINITION;
            default -> byVerb(statement, command);
        };
    }

    private static Need byVerb(SqlStatement statement, String command) {
        if (command.startsWith("CREATE ")) {
            return new Words(statement).isTemporary() ? Need.leader(Reason.TEMPORARY, Effect.STATE) : DEFINITION;
        }
        return command.startsWith("ALTER ") || command.startsWith("DROP ")
                ? DEFINITION
                : Need.leader(Reason.UNKNOWN_STATEMENT, Effect.STATE);
    }

    /** The answer to a query, for all of its fingerprint while the catalog stays as it is. */
    private record Kept(long reading, Need need) {}

    private static Need kept(SqlStatement statement, StatementFacts facts, Functions functions) {
        if (facts.place() instanceof Kept kept && kept.reading == functions.reading()) {
            return kept.need;
        }
        Need need = query(statement, facts, functions);
        if (!Calls.dependOnLiterals(facts)) {
            facts.place(new Kept(functions.reading(), need));
        }
        return need;
    }

    /** SELECT, VALUES, TABLE, and EXPLAIN of anything; PREPARE of what it prepares. */
    private static Need query(SqlStatement statement, StatementFacts facts, Functions functions) {
        if (!facts.complete()) {
            return Need.leader(Reason.INCOMPLETE, Effect.STATE);
        }
        boolean writes = statement.statementClass() != StatementClass.READ
                || facts.statementClass() != StatementClass.READ
                || facts.writesInCte()
                || facts.selectInto()
                || !facts.writes().isEmpty()
                || !runsQueriesOnly(facts);
        if (writes) {
            return facts.explain() && new Words(statement).isTemporary()
                    ? Need.leader(Reason.TEMPORARY, Effect.STATE)
                    : after(Reason.WRITE, statement, facts, functions);
        }
        Need calls = Calls.need(statement, facts, functions);
        if (facts.locksRows()) {
            return Need.leader(Reason.ROW_LOCKS, calls.effect());
        }
        String reason = reason(facts, functions);
        if (calls.where() == Where.ANY) {
            return reason == null ? Need.READ : Need.leader(reason);
        }
        return Need.leader(reason == null ? calls.reason() : Reason.graver(calls.reason(), reason), calls.effect());
    }

    private static boolean runsQueriesOnly(StatementFacts facts) {
        for (String command : facts.commands()) {
            if (!command.equals("SELECT") && !command.equals("EXPLAIN") && !command.equals("PREPARE")) {
                return false;
            }
        }
        return true;
    }

    /** Of the relations that it reads, and of its text. */
    private static @Nullable String reason(StatementFacts facts, Functions functions) {
        String graver = facts.ambiguous() ? Reason.AMBIGUOUS : null;
        for (RelationName relation : facts.reads()) {
            String reason = reason(relation, functions);
            if (reason != null) {
                graver = graver == null ? reason : Reason.graver(graver, reason);
            }
        }
        return graver;
    }

    private static @Nullable String reason(RelationName relation, Functions functions) {
        String schema = relation.schema();
        if (schema != null && Words.isTemporarySchema(schema)) {
            return Reason.TEMPORARY;
        }
        String name = relation.name();
        if (BuiltIns.isStatistics(name)) {
            return Reason.ABOUT_THE_SERVER;
        }
        return name.endsWith("_seq") ? Reason.SEQUENCE : functions.reason(relation);
    }

    /** What goes to the leader whatever it calls: what it calls tells what it leaves. */
    private static Need after(String reason, SqlStatement statement, StatementFacts facts, Functions functions) {
        Effect effect =
                facts.complete() ? Calls.need(statement, facts, functions).effect() : Effect.STATE;
        return Need.leader(reason, effect);
    }

    private static Need creation(SqlStatement statement, StatementFacts facts, Functions functions) {
        return new Words(statement).isTemporary()
                ? Need.leader(Reason.TEMPORARY, Effect.STATE)
                : after(
                        statement.command().equals("SELECT INTO") ? Reason.SELECT_INTO : Reason.WRITE,
                        statement,
                        facts,
                        functions);
    }

    private static Need set(SqlStatement statement, StatementFacts facts) {
        String setting = facts.setting();
        if (setting == null) {
            return Need.leader(Reason.SETTING, Effect.STATE);
        }
        return switch (setting) {
            case "transaction", "transaction_isolation", "transaction_read_only", "transaction_deferrable" ->
                TRANSACTION_CONTROL;
            default -> {
                Words words = new Words(statement);
                if (words.isLocal()) {
                    yield Need.leader(Reason.SETTING);
                }
                // A search_path with pg_temp in it makes temporary relations without saying so; a seed is used up by
                // being used.
                yield setting.equals("seed") || words.mentionsTemporarySchema()
                        ? Need.leader(Reason.SETTING, Effect.STATE)
                        : SETTING;
            }
        };
    }
}
