package io.pgweir.routing.split;

/** The words of {@link Need#reason()}: they are labels of metrics and values of records, and never change. */
public final class Reason {
    public static final String READ = "read";
    /** INSERT, UPDATE, DELETE, MERGE, TRUNCATE, also within WITH or under EXPLAIN ANALYZE; and CREATE TABLE AS. */
    public static final String WRITE = "write";
    /** FOR UPDATE, FOR SHARE and their kin. */
    public static final String ROW_LOCKS = "row-locks";

    public static final String SELECT_INTO = "select-into";
    /** CREATE, ALTER, DROP, GRANT, COMMENT and their kin. */
    public static final String DEFINITION = "definition";
    /** VACUUM, ANALYZE, REINDEX, CLUSTER, CHECKPOINT. */
    public static final String MAINTENANCE = "maintenance";

    public static final String LOCK = "lock";
    public static final String TRANSACTION_CONTROL = "transaction-control";
    public static final String BEGIN_READ_ONLY = "begin-read-only";
    public static final String COPY = "copy";
    public static final String CURSOR = "cursor";
    /** PREPARE, DEALLOCATE, and EXECUTE of what a standby cannot be given. */
    public static final String PREPARED_STATEMENT = "prepared-statement";

    public static final String SETTING = "setting";
    /** DISCARD, LOAD, a seed. */
    public static final String SESSION_STATE = "session-state";
    /** A temporary relation is made or named. */
    public static final String TEMPORARY = "temporary";

    public static final String LISTEN = "listen";
    public static final String NOTIFY = "notify";
    /** DO, CALL. */
    public static final String CODE = "code";

    public static final String ADVISORY_LOCK = "advisory-lock";
    /** A sequence is advanced, or asked: a standby is ahead of its leader there. */
    public static final String SEQUENCE = "sequence";
    /** Answers of one server about itself: a client sees one server. */
    public static final String ABOUT_THE_SERVER = "about-the-server";
    /** One of PostgreSQL's own that is not known to be harmless. */
    public static final String VOLATILE_BUILT_IN = "volatile-built-in";

    public static final String VOLATILE_FUNCTION = "volatile-function";
    /** An operator, a cast, a type, or a field that is a function. */
    public static final String VOLATILE_OPERATOR = "volatile-operator";
    /** A view, or a table with row security, that does such a thing when it is read. */
    public static final String VOLATILE_VIEW = "volatile-view";

    public static final String UNLOGGED_TABLE = "unlogged-table";
    public static final String FOREIGN_TABLE = "foreign-table";
    /** Nobody has read yet what the database's views and functions do. */
    public static final String CATALOG_UNKNOWN = "catalog-unknown";

    public static final String INCOMPLETE = "incomplete";
    public static final String AMBIGUOUS = "ambiguous";
    public static final String UNKNOWN_STATEMENT = "unknown-statement";
    public static final String HINT_LEADER = "hint-leader";
    public static final String HINT_REPLICA = "hint-replica";

    /** A standby has refused it as a write, not long ago. */
    public static final String MISROUTED = "misrouted";

    private Reason() {}

    /** Whether somebody who knows better may send it to a replica all the same: nothing that is known to write or to lock. */
    static boolean isDoubt(String reason) {
        return switch (reason) {
            case VOLATILE_FUNCTION,
                    VOLATILE_OPERATOR,
                    VOLATILE_VIEW,
                    FOREIGN_TABLE,
                    CATALOG_UNKNOWN,
                    AMBIGUOUS,
                    ABOUT_THE_SERVER -> true;
            default -> false;
        };
    }

    /** Whether data may be other data after it: what is none of these for sure. */
    static boolean mayWrite(String reason) {
        return switch (reason) {
            case READ,
                    HINT_LEADER,
                    TRANSACTION_CONTROL,
                    BEGIN_READ_ONLY,
                    SETTING,
                    ABOUT_THE_SERVER,
                    PREPARED_STATEMENT -> false;
            default -> true;
        };
    }

    /** Of two reasons within one query: it may write if one of them may, and is no mere doubt if one of them is none. */
    static String graver(String reason, String other) {
        boolean writes = mayWrite(reason) || mayWrite(other);
        boolean doubt = isDoubt(reason) && isDoubt(other);
        if (mayWrite(reason) == writes && isDoubt(reason) == doubt) {
            return reason;
        }
        // What is left is a function of PostgreSQL's own, as set_config, beside what may write.
        return mayWrite(other) == writes && isDoubt(other) == doubt ? other : VOLATILE_BUILT_IN;
    }
}
