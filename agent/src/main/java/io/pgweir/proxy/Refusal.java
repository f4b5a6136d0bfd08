package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.pgweir.limits.Caller;
import io.pgweir.limits.Full;
import io.pgweir.limits.Scope;
import io.pgweir.rules.Action;
import io.pgweir.topology.Node;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.SqlState;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What pgweir itself tells a client before it closes. */
record Refusal(
        EndCause cause,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint) {
    /** PostgreSQL's own words: CVE-2021-23214. */
    static Refusal unencryptedData(String request) {
        return new Refusal(
                EndCause.BAD_STARTUP,
                SqlState.PROTOCOL_VIOLATION,
                "received unencrypted data after " + request + " request",
                "This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.",
                null);
    }

    /** PostgreSQL's own words for a request of encryption that comes a second time: it reads as a version. */
    static Refusal unsupportedProtocol(int code) {
        return new Refusal(
                EndCause.BAD_STARTUP,
                SqlState.FEATURE_NOT_SUPPORTED,
                "unsupported frontend protocol " + (code >>> 16) + "." + (code & 0xffff)
                        + ": server supports 3.0 to 3.2",
                null,
                null);
    }

    static Refusal tlsRequired() {
        return new Refusal(
                EndCause.TLS_FAILURE,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "this listener takes TLS connections only",
                null,
                "Connect with sslmode=require or stronger.");
    }

    /** PostgreSQL's own words for the method cert: why, is for the log. */
    static Refusal certificate(String role) {
        return new Refusal(
                EndCause.CERTIFICATE,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "certificate authentication failed for user \"" + role + '"',
                null,
                null);
    }

    /** PostgreSQL's own words. */
    static Refusal noCertificate() {
        return new Refusal(
                EndCause.CERTIFICATE,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "connection requires a valid client certificate",
                null,
                null);
    }

    /** For the record, which may know more than the client. */
    ErrorFields toFields(String reason) {
        return new ErrorFields("FATAL", sqlState, message, reason, hint, 0, null, null, null, null, null);
    }

    /** In PostgreSQL's words, where it has some. */
    static Refusal full(Full full, @Nullable String detail) {
        String message = switch (full.scope()) {
            case AGENT -> "sorry, too many clients already";
            case LISTENER -> "too many connections for listener \"" + full.name() + '"';
            case CLUSTER -> "too many connections for cluster \"" + full.name() + '"';
            case USER -> "too many connections for role \"" + full.name() + '"';
            case DATABASE -> "too many connections for database \"" + full.name() + '"';
            case CLIENT_ADDRESS -> "too many connections from address " + full.name();
        };
        return new Refusal(EndCause.LIMIT, SqlState.TOO_MANY_CONNECTIONS, message, detail, null);
    }

    static Refusal tooOften(Scope scope, Caller caller) {
        String whose = scope == Scope.LISTENER
                ? "for listener \"" + caller.listener() + '"'
                : "from address " + caller.address();
        return new Refusal(
                EndCause.LIMIT, SqlState.TOO_MANY_CONNECTIONS, "too many new connections " + whose, null, null);
    }

    static Refusal nodesFull(Listening listening, String reason, @Nullable String detail) {
        return new Refusal(
                EndCause.LIMIT,
                SqlState.TOO_MANY_CONNECTIONS,
                "too many connections for the nodes of cluster \""
                        + listening.cluster().name() + "\": " + reason,
                detail,
                null);
    }

    static Refusal unproxied(String listener) {
        return new Refusal(
                EndCause.LIMIT,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "listener \"" + listener + "\" takes connections from its proxies only",
                null,
                null);
    }

    static Refusal tooManyFailedLogins(String address) {
        return new Refusal(
                EndCause.LIMIT,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "too many authentication failures from address " + address,
                null,
                "Connect again in a while.");
    }

    /** Where somebody looks for other nodes this passes: with cannot_connect_now, libpq tries the next of its hosts. */
    static Refusal connectFailed(Listening listening, String reason) {
        return new Refusal(
                EndCause.CONNECT_FAILED,
                listening.cluster().isWatched()
                        ? SqlState.CANNOT_CONNECT_NOW
                        : SqlState.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION,
                "could not connect to a server of cluster \""
                        + listening.cluster().name() + "\": " + reason,
                null,
                null);
    }

    static Refusal noNode(Listening listening, String reason) {
        return new Refusal(
                EndCause.NO_NODE,
                SqlState.CANNOT_CONNECT_NOW,
                "no node of cluster \"" + listening.cluster().name() + "\" takes sessions of listener \""
                        + listening.config().name() + "\": " + reason,
                null,
                null);
    }

    /** A server that was chosen because it leads says that it does not. */
    static Refusal notLeading(Cluster cluster, String node) {
        return new Refusal(
                EndCause.NO_NODE,
                SqlState.CANNOT_CONNECT_NOW,
                "node \"" + node + "\" of cluster \"" + cluster.name() + "\" does not lead any more",
                null,
                "Connect again.");
    }

    static Refusal channelBinding() {
        return new Refusal(
                EndCause.CHANNEL_BINDING,
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "SCRAM-SHA-256-PLUS cannot pass between two TLS connections with different certificates",
                "The client bound its proof to the certificate of the listener, the server expects it bound to its own.",
                "Give the listener the server's certificate and key, or connect with channel_binding=disable, or set the"
                        + " cluster's tls mode to disable.");
    }

    /** The client must not hear how its statement ended: nobody else ever would. */
    static Refusal outcomeNotKept(String cause) {
        return new Refusal(
                EndCause.AUDIT,
                SqlState.CANNOT_CONNECT_NOW,
                "terminating connection because the audit record of a statement could not be kept: " + cause,
                "The statement may have run.",
                null);
    }

    /** Of one statement: the session goes on. */
    static ErrorFields statementNotKept(String cause) {
        return new ErrorFields(
                "ERROR",
                SqlState.CANNOT_CONNECT_NOW,
                "statement refused because its audit record could not be kept: " + cause,
                null,
                "Nothing of it has run. The rule is audit.durability, on-exhausted: fail-closed, of pgweir.",
                0,
                null,
                null,
                null,
                null,
                null);
    }

    /** Of a statement that the session's end came before. */
    static ErrorFields neverSent() {
        return new ErrorFields(
                "ERROR",
                SqlState.CONNECTION_FAILURE,
                "statement was held back when the session ended",
                null,
                "Nothing of it has run.",
                0,
                null,
                null,
                null,
                null,
                null);
    }

    static Refusal closedBy(Action.Close close) {
        return new Refusal(EndCause.RULE, close.sqlState(), close.message(), null, close.hint());
    }

    /** A rule that blocks what is no statement ends the session. */
    static Refusal closedBy(Action.Block block) {
        return new Refusal(EndCause.RULE, block.sqlState(), block.message(), block.detail(), block.hint());
    }

    /** Of the statement that made a rule end the session. */
    static ErrorFields closedByRule(Action.Close close) {
        return new ErrorFields(
                "FATAL", close.sqlState(), close.message(), null, close.hint(), 0, null, null, null, null, null);
    }

    /** Nobody can judge, or record, what is not understood. */
    static Refusal notUnderstood() {
        return new Refusal(
                EndCause.INTERNAL_ERROR,
                SqlState.CANNOT_CONNECT_NOW,
                "terminating connection because pgweir does not understand it any more",
                null,
                "What it asks could neither be judged by rules nor recorded, and both are required.");
    }

    /** Nobody knows where to go on with a session on several servers. */
    static Refusal internal() {
        return new Refusal(
                EndCause.INTERNAL_ERROR,
                SqlState.INTERNAL_ERROR,
                "terminating connection because of an internal error of pgweir",
                null,
                "Its log says more.");
    }

    /** Of one result, by a rule. */
    static ErrorFields ofRule(String sqlState, String message) {
        return new ErrorFields("ERROR", sqlState, message, null, null, 0, null, null, null, null, null);
    }

    /** Of one result, by a rule that counts its rows. */
    static ErrorFields ofRule(Action.Block block) {
        return new ErrorFields(
                "ERROR",
                block.sqlState(),
                block.message(),
                block.detail(),
                block.hint(),
                0,
                null,
                null,
                null,
                null,
                null);
    }

    /** Where the server cannot be brought to the state that the error of a result leaves behind. */
    static Refusal ofResult(ErrorFields error) {
        return new Refusal(EndCause.RULE, error.sqlState(), error.message(), error.detail(), error.hint());
    }

    /** What the client hears in place of the server's error. */
    static ByteBuf ofStatement(ByteBufAllocator allocator, Charset charset, ErrorFields refusal) {
        return MessageWriter.errorResponse(
                allocator,
                charset,
                refusal.severity(),
                refusal.sqlState(),
                refusal.message(),
                refusal.detail(),
                refusal.hint());
    }

    /** PostgreSQL's own words for idle_session_timeout. */
    static Refusal idle() {
        return new Refusal(
                EndCause.TIMEOUT,
                SqlState.IDLE_SESSION_TIMEOUT,
                "terminating connection due to idle-session timeout",
                null,
                null);
    }

    /** PostgreSQL's own words for idle_in_transaction_session_timeout. */
    static Refusal transactionIdle() {
        return new Refusal(
                EndCause.TIMEOUT,
                SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                "terminating connection due to idle-in-transaction timeout",
                null,
                null);
    }

    /** PostgreSQL's own words for statement_timeout. */
    static ErrorFields queryTimeout() {
        return new ErrorFields(
                "ERROR",
                SqlState.QUERY_CANCELED,
                "canceling statement due to statement timeout",
                null,
                "The timeout is limits.timeouts, query, of pgweir.",
                0,
                null,
                null,
                null,
                null,
                null);
    }

    /** Of a statement past its time that cannot be cancelled. */
    static Refusal notCanceled() {
        return new Refusal(
                EndCause.TIMEOUT,
                SqlState.QUERY_CANCELED,
                "terminating connection because a statement past its timeout did not end when it was canceled",
                null,
                "The timeout is limits.timeouts, query, of pgweir.");
    }

    /** @param why behind the node's name */
    static Refusal drained(Cluster cluster, Node node, String why) {
        return new Refusal(
                EndCause.DRAINED,
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection because node \"" + node.name() + "\" of cluster \"" + cluster.name() + "\" "
                        + why,
                null,
                "Connect again.");
    }

    /** PostgreSQL's own words. */
    static Refusal stopping() {
        return new Refusal(
                EndCause.SHUTDOWN, SqlState.CANNOT_CONNECT_NOW, "the database system is shutting down", null, null);
    }

    static Refusal shutdown() {
        return terminated(EndCause.SHUTDOWN);
    }

    /** PostgreSQL's own words, which many clients know. */
    static Refusal terminated(EndCause cause) {
        return new Refusal(
                cause, SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command", null, null);
    }

    /** As a FATAL ErrorResponse; for a client of protocol 2, a bare text as PostgreSQL writes it. */
    ByteBuf toBytes(ByteBufAllocator allocator, int protocolMajor) {
        return toBytes(allocator, protocolMajor, StandardCharsets.UTF_8);
    }

    /** The same, in the client's encoding. */
    ByteBuf toBytes(ByteBufAllocator allocator, int protocolMajor, Charset charset) {
        if (protocolMajor >= 3) {
            return MessageWriter.errorResponse(allocator, charset, "FATAL", sqlState, message, detail, hint);
        }
        ByteBuf out = allocator.buffer();
        ByteBufUtil.writeUtf8(out, "EFATAL:  " + message + "\n");
        return out.writeByte(0);
    }
}
