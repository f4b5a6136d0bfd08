package io.pgweir.sql;

/** pgaudit's classes, its vocabulary kept. */
public enum StatementClass {
    READ,
    WRITE,
    FUNCTION,
    ROLE,
    DDL,
    MISC,
    MISC_SET
}
