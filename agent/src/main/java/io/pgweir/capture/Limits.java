package io.pgweir.capture;

/** Of format 1: what a reader makes room for at most, checked before it does. In bytes but where the name says otherwise. */
final class Limits {
    static final int HEADER_MAX = 1 << 20;

    /** Of a message's body in one record; longer ones come in parts. */
    static final int PART_MAX = 128 << 10;

    /** Of any record, its kind and length included. */
    static final int RECORD_MAX = 1 << 20;

    /** Of a block's records, before compression: a full block and one long record more. */
    static final int BLOCK_MAX = 2 << 20;

    static final int INDEX_MAX = 64 << 20;

    /** Of one file, so that its index stays in bounds. */
    static final int SESSIONS_MAX = 65_536;

    private Limits() {}
}
