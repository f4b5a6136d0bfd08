package io.pgweir.sql;

/** Finds a word's upper-case spelling among the known ones without making a string. */
final class Keywords {
    private static final int SLOTS = 1024;
    private static final String[] TABLE = new String[SLOTS];

    private static final String WORDS = """
            ABORT ACCESS AGGREGATE ALL ALTER ANALYSE ANALYZE AS ASSERTION ATOMIC AUTHORIZATION BEGIN BINARY BY CALL CAST CHECKPOINT
            CLASS CLOSE CLUSTER COLLATION COMMENT COMMIT CONCURRENTLY CONFIGURATION CONSTRAINT CONSTRAINTS CONVERSION COPY CREATE
            CSV DATA DATABASE DEALLOCATE DECLARE DEFAULT DELETE DELIMITER DELIMITERS DICTIONARY DISCARD DO DOMAIN DROP ENCRYPTED END
            ESCAPE EVENT EXECUTE EXISTS EXPLAIN EXTENSION FAMILY FETCH FOREIGN FORMAT FREEZE FROM FUNCTION GLOBAL GRANT GROUP HEADER
            IF IMPORT INDEX INSERT INTO LANGUAGE LARGE LISTEN LOAD LOCAL LOCK MAPPING MATERIALIZED MERGE METHOD MOVE NOT NOTIFY NULL
            OBJECT OFF OFFSET ON OPERATOR OPTIONS OR OWNED PARSER PASSWORD PLANS POLICY PREPARE PREPARED PRIVILEGES PROCEDURAL
            PROCEDURE PROGRAM PUBLICATION QUOTE REASSIGN RECURSIVE REFRESH REINDEX RELEASE REPLACE RESET REVOKE ROLE ROLLBACK ROUTINE
            RULE SAVEPOINT SCHEMA SEARCH SECURITY SELECT SEQUENCE SEQUENCES SERVER SESSION SET SHOW START STATISTICS STDIN STDOUT
            SUBSCRIPTION SYSTEM TABLE TABLESPACE TEMP TEMPLATE TEMPORARY TEXT TO TRANSACTION TRANSFORM TRIGGER TRUNCATE TRUSTED TYPE
            UNIQUE UNLISTEN UNLOGGED UPDATE USER USING CYCLE TABLES VACUUM VALUES VERBOSE VIEW WHERE WITH WORK WRAPPER""";

    static {
        for (String word : WORDS.split("\\s+")) {
            int slot = hash(word, 0, word.length());
            while (TABLE[slot] != null) {
                slot = (slot + 1) % SLOTS;
            }
            TABLE[slot] = word;
        }
    }

    private Keywords() {}

    private static int hash(CharSequence text, int start, int end) {
        int hash = end - start;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + Characters.upper(text.charAt(i));
        }
        return (hash ^ (hash >>> 10)) & (SLOTS - 1);
    }

    /** The token in upper case where it is a known word, else the empty string. */
    static String of(SqlLexer lexer) {
        if (lexer.end() - lexer.start() > 16) {
            return "";
        }
        int slot = hash(lexer.text(), lexer.start(), lexer.end());
        while (TABLE[slot] != null) {
            if (lexer.is(TABLE[slot])) {
                return TABLE[slot];
            }
            slot = (slot + 1) % SLOTS;
        }
        return "";
    }
}
