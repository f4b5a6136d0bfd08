package io.pgweir.wire;

import java.util.List;

/**
 * Every message a server may send, in the order of the PostgreSQL manual, protocol 3.0 to 3.2.
 *
 * <p>{@link DataRow} and {@link CopyData} hold views that are valid until the call they were given to returns.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
public sealed interface BackendMessage {

    /**
     * {@code 'R'}.
     *
     * @param code 0 Ok, 2 KerberosV5, 3 CleartextPassword, 5 MD5Password, 7 GSS, 8 GSSContinue, 9 SSPI, 10 SASL,
     *     11 SASLContinue, 12 SASLFinal
     * @param mechanisms what code 10 offers, in the server's order; else empty
     */
    record Authentication(int code, List<String> mechanisms) implements BackendMessage {
        public static final int OK = 0;
        public static final int CLEARTEXT_PASSWORD = 3;
        public static final int MD5_PASSWORD = 5;
        public static final int GSS = 7;
        public static final int SSPI = 9;
        public static final int SASL = 10;
        public static final int SASL_CONTINUE = 11;
        public static final int SASL_FINAL = 12;
    }

    /** {@code 'K'}: what a CancelRequest must name. The key has 4 bytes in protocol 3.0, 4 to 256 in 3.2. */
    record BackendKeyData(int processId, byte[] key) implements BackendMessage {}

    /** {@code '2'}. */
    record BindComplete() implements BackendMessage {
        public static final BindComplete INSTANCE = new BindComplete();
    }

    /** {@code '3'}. */
    record CloseComplete() implements BackendMessage {
        public static final CloseComplete INSTANCE = new CloseComplete();
    }

    /** {@code 'C'}: {@code INSERT 0 n}, {@code SELECT n}, {@code COPY n}, or a word or two. */
    record CommandComplete(String tag) implements BackendMessage {}

    /** {@code 'd'}: one row in COPY OUT; anything in COPY BOTH. */
    record CopyData(BodyView body) implements BackendMessage {}

    /** {@code 'c'}. */
    record CopyDone() implements BackendMessage {
        public static final CopyDone INSTANCE = new CopyDone();
    }

    /** {@code 'G'}: the server waits for COPY data. */
    record CopyInResponse(CopyFormat format, int columns) implements BackendMessage {}

    /** {@code 'H'}: COPY data follows. */
    record CopyOutResponse(CopyFormat format, int columns) implements BackendMessage {}

    /** {@code 'W'}: streaming replication, both ways at once. */
    record CopyBothResponse(CopyFormat format, int columns) implements BackendMessage {}

    /** {@code 'D'}. */
    record DataRow(RowView row) implements BackendMessage {}

    /** {@code 'I'}: stands where CommandComplete would, for an empty query string. */
    record EmptyQueryResponse() implements BackendMessage {
        public static final EmptyQueryResponse INSTANCE = new EmptyQueryResponse();
    }

    /** {@code 'E'}. */
    record ErrorResponse(ErrorFields fields) implements BackendMessage {}

    /** {@code 'V'}: {@code valueLength} in bytes, -1 for NULL. */
    record FunctionCallResponse(int valueLength) implements BackendMessage {}

    /** {@code 'v'}: the newest version the server speaks, in full, and the {@code _pq_.} options it does not know. */
    record NegotiateProtocolVersion(int version, List<String> unknownOptions) implements BackendMessage {}

    /** {@code 'n'}. */
    record NoData() implements BackendMessage {
        public static final NoData INSTANCE = new NoData();
    }

    /** {@code 'N'}. */
    record NoticeResponse(ErrorFields fields) implements BackendMessage {}

    /** {@code 'A'}. */
    record NotificationResponse(int processId, String channel, String payload) implements BackendMessage {}

    /** {@code 't'}: OIDs of a prepared statement's parameters. */
    record ParameterDescription(int[] types) implements BackendMessage {}

    /** {@code 'S'}. */
    record ParameterStatus(String name, String value) implements BackendMessage {}

    /** {@code '1'}. */
    record ParseComplete() implements BackendMessage {
        public static final ParseComplete INSTANCE = new ParseComplete();
    }

    /** {@code 's'}: Execute's row limit was reached. */
    record PortalSuspended() implements BackendMessage {
        public static final PortalSuspended INSTANCE = new PortalSuspended();
    }

    /** {@code 'Z'}. */
    record ReadyForQuery(TransactionStatus status) implements BackendMessage {}

    /** {@code 'T'}. */
    record RowDescription(List<Column> columns) implements BackendMessage {}

    /** A type byte that PostgreSQL 18 does not send. */
    record Unknown(byte type, int bodyLength) implements BackendMessage {}

    /** A known type whose body does not read as the manual says. */
    record Malformed(byte type, int bodyLength, String reason) implements BackendMessage {}

    /**
     * One column of a {@link RowDescription}.
     *
     * @param tableOid 0 where the column is no table's
     * @param attribute number within the table, 0 where none
     * @param typeLength pg_type.typlen, negative for variable width
     * @param format 0 text, 1 binary
     */
    record Column(
            String name, int tableOid, int attribute, int typeOid, int typeLength, int typeModifier, int format) {}
}
