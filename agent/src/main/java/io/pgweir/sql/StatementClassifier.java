package io.pgweir.sql;

/**
 * Reads command, kind and pgaudit class from a statement's first tokens.
 *
 * <p>Classes are those of pgaudit 17's {@code log_audit_event} over PostgreSQL's {@code GetCommandLogLevel}; what follows from
 * it and may surprise: REFRESH MATERIALIZED VIEW, CLUSTER, REASSIGN OWNED and DROP OWNED are DDL, REINDEX is MISC, CREATE and ALTER
 * USER MAPPING are ROLE and DROP USER MAPPING is DDL, PREPARE has the class of its statement, EXECUTE is MISC, DECLARE is READ.
 *
 * <p>Where pgaudit writes a second line from inside the executor, the one class here is the graver: a WITH query that changes
 * data makes SELECT a WRITE, also under COPY ... TO; CALL is FUNCTION; EXPLAIN is READ, and EXPLAIN ANALYZE has the class of
 * what it runs. SELECT ... FOR UPDATE stays READ.
 */
final class StatementClassifier {
    private final TokenCursor tokens;

    private StatementClassifier(TokenCursor tokens) {
        this.tokens = tokens;
    }

    static StatementHead classify(String text, LexicalRules rules, int from, int to) {
        return new StatementClassifier(new TokenCursor(text, rules, from, to)).statement();
    }

    /** A table over the first word, hence long. */
    private StatementHead statement() {
        if (QueryShape.begins(tokens)) {
            return query();
        }
        String first = tokens.word();
        tokens.advance();
        return switch (first) {
            case "BEGIN" -> StatementHead.of("BEGIN", StatementKind.BEGIN, StatementClass.MISC);
            case "START" -> StatementHead.of("START TRANSACTION", StatementKind.BEGIN, StatementClass.MISC);
            case "COMMIT", "END" -> commit();
            case "ROLLBACK", "ABORT" -> rollback();
            case "SAVEPOINT" -> StatementHead.of("SAVEPOINT", StatementKind.SAVEPOINT, StatementClass.MISC);
            case "RELEASE" -> StatementHead.of("RELEASE", StatementKind.RELEASE, StatementClass.MISC);
            case "PREPARE" -> prepare();
            case "EXECUTE" -> execute("EXECUTE", StatementClass.MISC);
            case "DEALLOCATE" -> deallocate();
            case "DISCARD" -> discard();
            case "EXPLAIN" -> explain();
            case "COPY" -> copy();
            case "CREATE" -> create();
            case "ALTER" -> alter();
            case "DROP" -> drop();
            case "SET" -> StatementHead.of(tokens.is("CONSTRAINTS") ? "SET CONSTRAINTS" : "SET", setClass());
            case "RESET" -> StatementHead.of("RESET", StatementClass.MISC_SET);
            case "TRUNCATE" -> StatementHead.of("TRUNCATE TABLE", StatementClass.WRITE);
            case "DO", "CALL" -> StatementHead.of(first, StatementClass.FUNCTION);
            case "GRANT", "REVOKE" -> StatementHead.of(grant(first), StatementClass.ROLE);
            case "DECLARE" -> StatementHead.of("DECLARE CURSOR", StatementClass.READ);
            case "CLOSE" ->
                StatementHead.of(tokens.is("ALL") ? "CLOSE CURSOR ALL" : "CLOSE CURSOR", StatementClass.MISC);
            case "LOCK" -> StatementHead.of("LOCK TABLE", StatementClass.MISC);
            case "ANALYSE" -> StatementHead.of("ANALYZE", StatementClass.MISC);
            case "REFRESH" -> StatementHead.of("REFRESH MATERIALIZED VIEW", StatementClass.DDL);
            case "REASSIGN" -> StatementHead.of("REASSIGN OWNED", StatementClass.DDL);
            case "IMPORT" -> StatementHead.of("IMPORT FOREIGN SCHEMA", StatementClass.DDL);
            case "SECURITY" -> StatementHead.of("SECURITY LABEL", StatementClass.DDL);
            case "COMMENT", "CLUSTER" -> StatementHead.of(first, StatementClass.DDL);
            // Also what is no statement at all: the word is then empty and the server answers with a syntax error.
            default -> StatementHead.of(first, StatementClass.MISC);
        };
    }

    private StatementHead query() {
        QueryShape shape = QueryShape.read(tokens);
        if (shape.into()) {
            return StatementHead.of("SELECT INTO", StatementClass.DDL);
        }
        return StatementHead.of(shape.verb(), queryClass(shape));
    }

    private static StatementClass queryClass(QueryShape shape) {
        if (shape.into()) {
            return StatementClass.DDL;
        }
        return shape.writes() ? StatementClass.WRITE : StatementClass.READ;
    }

    private StatementHead commit() {
        return tokens.is("PREPARED")
                ? StatementHead.of("COMMIT PREPARED", StatementKind.COMMIT_PREPARED, StatementClass.MISC)
                : StatementHead.of("COMMIT", StatementKind.COMMIT, StatementClass.MISC);
    }

    private StatementHead rollback() {
        if (tokens.is("PREPARED")) {
            return StatementHead.of("ROLLBACK PREPARED", StatementKind.ROLLBACK_PREPARED, StatementClass.MISC);
        }
        if (!tokens.skip("WORK")) {
            tokens.skip("TRANSACTION");
        }
        return tokens.is("TO")
                ? StatementHead.of("ROLLBACK TO", StatementKind.ROLLBACK_TO, StatementClass.MISC)
                : StatementHead.of("ROLLBACK", StatementKind.ROLLBACK, StatementClass.MISC);
    }

    private StatementClass setClass() {
        return tokens.is("CONSTRAINTS") ? StatementClass.MISC : StatementClass.MISC_SET;
    }

    private StatementHead prepare() {
        if (tokens.is("TRANSACTION") && tokens.advance() && tokens.kind().isLiteral()) {
            return StatementHead.of("PREPARE TRANSACTION", StatementKind.PREPARE_TRANSACTION, StatementClass.MISC);
        }
        // "transaction" is a name like any other where no literal follows it; the cursor then stands behind it.
        boolean namedTransaction = tokens.previousWord().equals("TRANSACTION");
        String name = namedTransaction ? "transaction" : tokens.identifier();
        if (!namedTransaction) {
            tokens.advance();
        }
        tokens.skipParentheses();
        if (!tokens.skip("AS") || tokens.isEnd()) {
            return StatementHead.named("PREPARE", StatementKind.PREPARE, StatementClass.MISC, name);
        }
        int start = tokens.lexer().start();
        return new StatementHead("PREPARE", StatementKind.PREPARE, queryClass(QueryShape.read(tokens)), name, start);
    }

    private StatementHead execute(String command, StatementClass statementClass) {
        return StatementHead.named(command, StatementKind.EXECUTE, statementClass, tokens.identifier());
    }

    /** PREPARE is a word that may be left out, and a name where nothing follows it. */
    private StatementHead deallocate() {
        String name = tokens.identifier();
        boolean all = tokens.is("ALL");
        if (tokens.skip("PREPARE") && !tokens.isEnd()) {
            name = tokens.identifier();
            all = tokens.is("ALL");
        }
        return all
                ? StatementHead.of("DEALLOCATE ALL", StatementKind.DEALLOCATE_ALL, StatementClass.MISC)
                : StatementHead.named("DEALLOCATE", StatementKind.DEALLOCATE, StatementClass.MISC, name);
    }

    private StatementHead discard() {
        return switch (tokens.word()) {
            case "ALL" -> StatementHead.of("DISCARD ALL", StatementKind.DISCARD_ALL, StatementClass.MISC);
            case "PLANS" -> StatementHead.of("DISCARD PLANS", StatementClass.MISC);
            case "SEQUENCES" -> StatementHead.of("DISCARD SEQUENCES", StatementClass.MISC);
            case "TEMP", "TEMPORARY" -> StatementHead.of("DISCARD TEMP", StatementClass.MISC);
            default -> StatementHead.of("DISCARD", StatementClass.MISC);
        };
    }

    private StatementHead explain() {
        boolean analyze = false;
        if (!tokens.is('(')) {
            analyze = tokens.skip("ANALYZE") || tokens.skip("ANALYSE");
            tokens.skip("VERBOSE");
        } else if (tokens.advance() && !QueryShape.begins(tokens)) {
            analyze = explainsAnalyze();
        }
        if (tokens.is("EXPLAIN")) {
            return StatementHead.of("EXPLAIN", StatementClass.MISC);
        }
        StatementHead inner = statement();
        if (inner.kind() == StatementKind.EXECUTE) {
            return StatementHead.named("EXPLAIN", StatementKind.EXECUTE, StatementClass.MISC, inner.preparedName());
        }
        return StatementHead.of("EXPLAIN", analyze ? inner.statementClass() : StatementClass.READ);
    }

    /** Reads the options from behind their opening parenthesis to behind the closing one; the last ANALYZE counts. */
    private boolean explainsAnalyze() {
        int depth = tokens.depth();
        boolean analyze = false;
        boolean option = false;
        while (!tokens.isEnd() && tokens.depth() >= depth) {
            if (tokens.is("ANALYSE") || "analyze".equals(tokens.identifier())) {
                analyze = true;
                option = true;
            } else if (tokens.is(',')) {
                option = false;
            } else if (option) {
                analyze = !isFalse(tokens.lexer());
            }
            tokens.advance();
        }
        tokens.advance();
        return analyze;
    }

    private static boolean isFalse(SqlLexer token) {
        return token.is("OFF") || token.is("FALSE") || token.is("0") || token.is("'OFF'") || token.is("'FALSE'");
    }

    /** COPY [BINARY] table [(columns)] FROM|TO, COPY (query) TO. */
    private StatementHead copy() {
        if (tokens.is('(')) {
            return StatementHead.of("COPY", StatementKind.COPY, queryClass(QueryShape.read(tokens)));
        }
        while (!tokens.isEnd() && (!tokens.is("FROM") || tokens.isLabel())) {
            if (tokens.is("TO") && !tokens.isLabel()) {
                return StatementHead.of("COPY", StatementKind.COPY, StatementClass.READ);
            }
            tokens.advance();
        }
        return StatementHead.of("COPY", StatementKind.COPY, StatementClass.WRITE);
    }

    private StatementHead create() {
        String type = ObjectType.read(tokens);
        if (type.equals("TABLE") || type.equals("MATERIALIZED VIEW")) {
            return createAs(type);
        }
        return StatementHead.of(joined("CREATE", type), isRole(type) ? StatementClass.ROLE : StatementClass.DDL);
    }

    /** CREATE TABLE ... AS query, ... AS EXECUTE name; AS stands at depth 0 in no other CREATE TABLE. */
    private StatementHead createAs(String type) {
        int depth = tokens.depth();
        while (!tokens.isEnd() && !(tokens.is("AS") && tokens.depth() == depth && !tokens.isBehind('.'))) {
            tokens.advance();
        }
        String command = type.equals("TABLE") && !tokens.isEnd() ? "CREATE TABLE AS" : "CREATE " + type;
        tokens.advance();
        return tokens.skip("EXECUTE")
                ? execute(command, StatementClass.DDL)
                : StatementHead.of(command, StatementClass.DDL);
    }

    private StatementHead alter() {
        String type = ObjectType.read(tokens);
        boolean role = isRole(type) || type.equals("DEFAULT PRIVILEGES");
        return StatementHead.of(joined("ALTER", type), role ? StatementClass.ROLE : StatementClass.DDL);
    }

    private StatementHead drop() {
        String type = ObjectType.read(tokens);
        return StatementHead.of(joined("DROP", type), type.equals("ROLE") ? StatementClass.ROLE : StatementClass.DDL);
    }

    private static boolean isRole(String type) {
        return type.equals("ROLE") || type.equals("USER MAPPING");
    }

    private static String joined(String verb, String type) {
        return type.isEmpty() ? verb : (verb + ' ' + type).intern();
    }

    /** A grant of privileges names an object behind ON, a grant of membership has none. */
    private String grant(String verb) {
        while (!tokens.isEnd()) {
            if (tokens.is("ON") && tokens.depth() == 0) {
                return verb;
            }
            if (tokens.is("TO") || tokens.is("FROM")) {
                break;
            }
            tokens.advance();
        }
        return verb + " ROLE";
    }
}
