package io.pgweir.wire;

/**
 * Every message a client may send, in the order of the PostgreSQL manual, protocol 3.0 to 3.2.
 *
 * <p>Statement-rate messages hold values; {@link Bind}, {@link FunctionCall} and {@link CopyData} hold views that are valid
 * until the call they were given to returns.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
public sealed interface FrontendMessage {

    /** {@code 'B'}: binds parameters to a prepared statement, which makes a portal. */
    record Bind(BindView body) implements FrontendMessage {}

    /** {@code 'C'}: closes a prepared statement or a portal; an unknown name is no error. */
    record Close(Target target, String name) implements FrontendMessage {}

    /** {@code 'd'}: a piece of a COPY stream; pieces need not end where rows end. */
    record CopyData(BodyView body) implements FrontendMessage {}

    /** {@code 'c'}. */
    record CopyDone() implements FrontendMessage {
        public static final CopyDone INSTANCE = new CopyDone();
    }

    /** {@code 'f'}: the client gives a COPY up. */
    record CopyFail(String reason) implements FrontendMessage {}

    /** {@code 'D'}. */
    record Describe(Target target, String name) implements FrontendMessage {}

    /** {@code 'E'}: runs a portal; {@code maxRows} 0 means all. */
    record Execute(String portal, int maxRows) implements FrontendMessage {}

    /** {@code 'H'}. */
    record Flush() implements FrontendMessage {
        public static final Flush INSTANCE = new Flush();
    }

    /** {@code 'F'}: calls a function by its OID, past every SQL text. */
    record FunctionCall(FunctionCallView body) implements FrontendMessage {}

    /**
     * {@code 'P'}.
     *
     * @param name empty for the unnamed statement
     * @param parameterTypes OIDs, 0 where unspecified; may be shorter than the statement's parameters
     */
    record Parse(String name, String sql, int[] parameterTypes) implements FrontendMessage {}

    /** {@code 'p'}: a password, a SASL or a GSS answer. Its content is a secret: only its length is kept. */
    record Authentication(int bodyLength) implements FrontendMessage {}

    /** {@code 'p'}, where the server had offered SASL: the mechanism is no secret, the rest is. */
    record SaslInitialResponse(String mechanism, int bodyLength) implements FrontendMessage {}

    /** {@code 'Q'}: runs {@code sql}, which may hold several statements. Ends the unnamed statement and portal. */
    record Query(String sql) implements FrontendMessage {}

    /** {@code 'S'}. */
    record Sync() implements FrontendMessage {
        public static final Sync INSTANCE = new Sync();
    }

    /** {@code 'X'}. */
    record Terminate() implements FrontendMessage {
        public static final Terminate INSTANCE = new Terminate();
    }

    /** A type byte that PostgreSQL 18 does not know; the server ends the session with 08P01. */
    record Unknown(byte type, int bodyLength) implements FrontendMessage {}

    /** A known type whose body does not read as the manual says; the server answers 08P01. */
    record Malformed(byte type, int bodyLength, String reason) implements FrontendMessage {}

    /** What Describe and Close name. */
    enum Target {
        STATEMENT,
        PORTAL
    }
}
