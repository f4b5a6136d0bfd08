package io.pgweir.wire;

/**
 * The type byte of every message, named as the manual names the message, and how long its body may be.
 *
 * <p>The two directions share letters with different meanings ({@code C D E H S}), so each has its own names and tables.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
public final class MessageType {

    /** Bytes of type and length word, which stand before every body. */
    public static final int HEADER_BYTES = 5;

    /** Bytes of the length word, which counts itself. */
    public static final int LENGTH_BYTES = 4;

    /** Body of most messages that a client sends (PQ_SMALL_MESSAGE_LIMIT less the length word). */
    public static final int SMALL_BODY_BYTES_MAX = 10_000 - LENGTH_BYTES;

    /** Body of what carries SQL or values, either way (PQ_LARGE_MESSAGE_LIMIT less the length word). */
    public static final int LARGE_BODY_BYTES_MAX = 0x3ffffffe - LENGTH_BYTES;

    /** Body of an authentication answer (PG_MAX_AUTH_TOKEN_LENGTH less the length word). */
    public static final int AUTHENTICATION_BODY_BYTES_MAX = 65_535 - LENGTH_BYTES;

    private MessageType() {}

    /** What clients send. */
    public static final class Frontend {
        public static final byte BIND = 'B';
        public static final byte CLOSE = 'C';
        public static final byte COPY_DATA = 'd';
        public static final byte COPY_DONE = 'c';
        public static final byte COPY_FAIL = 'f';
        public static final byte DESCRIBE = 'D';
        public static final byte EXECUTE = 'E';
        public static final byte FLUSH = 'H';
        public static final byte FUNCTION_CALL = 'F';
        public static final byte PARSE = 'P';
        /** A password, a SASL or a GSS answer: only the server's last Authentication message tells which. */
        public static final byte AUTHENTICATION = 'p';

        public static final byte QUERY = 'Q';
        public static final byte SYNC = 'S';
        public static final byte TERMINATE = 'X';

        private Frontend() {}
    }

    /** What servers send. */
    public static final class Backend {
        public static final byte AUTHENTICATION = 'R';
        public static final byte BACKEND_KEY_DATA = 'K';
        public static final byte BIND_COMPLETE = '2';
        public static final byte CLOSE_COMPLETE = '3';
        public static final byte COMMAND_COMPLETE = 'C';
        public static final byte COPY_DATA = 'd';
        public static final byte COPY_DONE = 'c';
        public static final byte COPY_IN_RESPONSE = 'G';
        public static final byte COPY_OUT_RESPONSE = 'H';
        public static final byte COPY_BOTH_RESPONSE = 'W';
        public static final byte DATA_ROW = 'D';
        public static final byte EMPTY_QUERY_RESPONSE = 'I';
        public static final byte ERROR_RESPONSE = 'E';
        public static final byte FUNCTION_CALL_RESPONSE = 'V';
        public static final byte NEGOTIATE_PROTOCOL_VERSION = 'v';
        public static final byte NO_DATA = 'n';
        public static final byte NOTICE_RESPONSE = 'N';
        public static final byte NOTIFICATION_RESPONSE = 'A';
        public static final byte PARAMETER_DESCRIPTION = 't';
        public static final byte PARAMETER_STATUS = 'S';
        public static final byte PARSE_COMPLETE = '1';
        public static final byte PORTAL_SUSPENDED = 's';
        public static final byte READY_FOR_QUERY = 'Z';
        public static final byte ROW_DESCRIPTION = 'T';

        private Backend() {}
    }

    public static boolean frontendKnown(byte type) {
        return switch (type) {
            case 'B', 'C', 'd', 'c', 'f', 'D', 'E', 'H', 'F', 'P', 'p', 'Q', 'S', 'X' -> true;
            default -> false;
        };
    }

    public static boolean backendKnown(byte type) {
        return switch (type) {
            case 'R', 'K', '2', '3', 'C', 'd', 'c', 'G', 'H', 'W', 'D', 'I' -> true;
            case 'E', 'V', 'v', 'n', 'N', 'A', 't', 'S', '1', 's', 'Z', 'T' -> true;
            default -> false;
        };
    }

    /** Longest body in bytes that PostgreSQL reads of a client's message; at more it logs and closes without an error. */
    public static int frontendBodyBytesMax(byte type) {
        return switch (type) {
            case 'B', 'd', 'F', 'P', 'Q' -> LARGE_BODY_BYTES_MAX;
            case 'p' -> AUTHENTICATION_BODY_BYTES_MAX;
            default -> SMALL_BODY_BYTES_MAX;
        };
    }
}
