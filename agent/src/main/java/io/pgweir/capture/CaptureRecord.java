package io.pgweir.capture;

import io.pgweir.wire.TransactionStatus;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One fact of one session. Records of a session stand in the order in which its event loop saw them; those of different sessions
 * stand as they came to the writer, and their {@link #nanos()} tell which was first.
 */
public sealed interface CaptureRecord {
    /** Number within the capture, from 1; 0 where a {@link Gap} is no single session's. */
    long session();

    /** Since the capture began. */
    long nanos();

    enum Direction {
        FRONTEND,
        BACKEND
    }

    /** How a session came into a file; in the order of their codes in the file. */
    enum Origin {
        /** It logged in while the capture ran. */
        BEGAN,
        /** It was there when the capture began; what it had prepared and set is in its {@link SessionState}. */
        FOUND_OPEN,
        /** It was there when the capture went on to this file; an earlier file tells more. */
        CONTINUED
    }

    /** A name and a value of the startup packet or of a setting. */
    record Setting(String name, String value) {}

    /**
     * One of the session's two connections.
     *
     * @param address as {@code 10.0.0.1:5432} or {@code [::1]:5432}; empty where nobody knows
     * @param tls protocol version and cipher suite; empty for none
     */
    record Leg(String address, String tls) {}

    /**
     * Stands before everything else of its session.
     *
     * @param protocol as the startup packet has it: major version in the upper half, minor in the lower
     * @param parameters of the startup packet, in its order; those that name a secret are left out when they are written
     */
    record SessionOpen(
            long session,
            long nanos,
            UUID id,
            Origin origin,
            String user,
            String database,
            String application,
            int protocol,
            List<Setting> parameters,
            Leg client,
            Leg server)
            implements CaptureRecord {
        public SessionOpen {
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * A prepared statement.
     *
     * @param types OIDs of its parameters
     */
    record Statement(String name, String text, List<Integer> types) {
        public Statement {
            types = List.copyOf(types);
        }
    }

    /**
     * What a session had when the capture found it open. Several add up: a long list comes in pieces.
     *
     * @param settings with the value that the server reported, or that the client set
     * @param portals names of open portals and cursors
     * @param channels LISTENed to
     */
    record SessionState(
            long session,
            long nanos,
            TransactionStatus transaction,
            List<Setting> settings,
            List<Statement> statements,
            List<String> portals,
            List<String> channels)
            implements CaptureRecord {
        public SessionState {
            settings = List.copyOf(settings);
            statements = List.copyOf(statements);
            portals = List.copyOf(portals);
            channels = List.copyOf(channels);
        }

        /** Both, in the state of the first. */
        public SessionState plus(SessionState more) {
            return new SessionState(
                    session,
                    nanos,
                    transaction,
                    both(settings, more.settings),
                    both(statements, more.statements),
                    both(portals, more.portals),
                    both(channels, more.channels));
        }

        private static <T> List<T> both(List<T> one, List<T> other) {
            return Stream.concat(one.stream(), other.stream()).toList();
        }
    }

    /**
     * A message, or one part of a long one: parts follow each other within session and direction.
     *
     * @param type its type byte
     * @param flags {@link #REDACTED} and its like
     * @param request of a frontend message: its number within the session, from 1; of a backend message: the number of the frontend
     *     message that it answers; 0 where there is none, or nobody knows
     * @param bodyLength of the whole message, without type and length field
     * @param body bytes as they were on the wire, of this part
     */
    record Message(
            long session,
            long nanos,
            Direction direction,
            byte type,
            int flags,
            long request,
            int bodyLength,
            byte[] body)
            implements CaptureRecord {
        /** Secrets in it were replaced, or all values; the body is that without them. */
        public static final int REDACTED = 1;

        /** The rest of the body was left out for good; this is its last part. */
        public static final int TRUNCATED = 1 << 1;

        /** A part went before. */
        public static final int CONTINUES = 1 << 2;

        /** Another part follows. */
        public static final int MORE = 1 << 3;

        static final int FLAGS = REDACTED | TRUNCATED | CONTINUES | MORE;

        public boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    /** The client asked the server to cancel what this session runs; its key is not kept. */
    record Cancel(long session, long nanos) implements CaptureRecord {}

    /**
     * What a request was answered with, however much of the answer is kept.
     *
     * @param request number of the frontend message
     * @param bytes of its rows' bodies
     * @param tag of CommandComplete; empty where there was none
     * @param sqlState of ErrorResponse; empty for success
     * @param firstNanos from request to first byte of the answer
     * @param totalNanos from request to last byte
     * @param ordered checksum that heeds the order of rows
     * @param unordered checksum that does not
     */
    record Response(
            long session,
            long nanos,
            long request,
            long rows,
            long bytes,
            String tag,
            String sqlState,
            long firstNanos,
            long totalNanos,
            long ordered,
            long unordered,
            long notices)
            implements CaptureRecord {
        /** The same of a request with another number. */
        public Response of(long otherRequest) {
            return new Response(
                    session,
                    nanos,
                    otherRequest,
                    rows,
                    bytes,
                    tag,
                    sqlState,
                    firstNanos,
                    totalNanos,
                    ordered,
                    unordered,
                    notices);
        }
    }

    /** Messages that were seen, or should have been, and are not in the file. */
    record Gap(long session, long nanos, Why why, long messages, long bytes) implements CaptureRecord {
        /** In the order of their codes in the file. */
        public enum Why {
            /** Event loops were faster than the disk. */
            QUEUE_FULL,
            /** A record over the format's limit. */
            TOO_LARGE,
            /** The disk did not take them. */
            DISK,
            /** An import found no packets of them. */
            NOT_SEEN
        }
    }

    /**
     * Nothing of the session follows.
     *
     * @param cause as metrics label it
     */
    record SessionEnd(long session, long nanos, String cause) implements CaptureRecord {}
}
