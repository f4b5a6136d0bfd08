package io.pgweir.wire;

import java.util.List;

/**
 * Every packet a client may send before messages have a type byte: a length word, a code word, a body.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>
 */
public sealed interface StartupPacket {

    /** Protocol 3.0, as the code word of a {@link Startup}. */
    int PROTOCOL_3_0 = 196608;

    /** Protocol 3.2 (PostgreSQL 18): cancel keys of up to 256 bytes. */
    int PROTOCOL_3_2 = 196610;

    int SSL_REQUEST_CODE = 80877103;
    int GSSENC_REQUEST_CODE = 80877104;
    int CANCEL_REQUEST_CODE = 80877102;

    /** Shortest packet, length word included: a length and a code. */
    int LENGTH_MIN = 8;

    /** Longest packet that PostgreSQL takes, its own length word of 4 included (MAX_STARTUP_PACKET_LENGTH + 4). */
    int LENGTH_MAX = 10004;

    /**
     * Opens a session.
     *
     * @param version the whole 32-bit version: major in the upper half, minor in the lower
     * @param parameters in the order sent; a name may come twice, as PostgreSQL allows
     */
    record Startup(int version, List<Parameter> parameters) implements StartupPacket {
        public Startup {
            parameters = List.copyOf(parameters);
        }

        /** The last value sent for {@code name}, or {@code otherwise}. */
        public String parameter(String name, String otherwise) {
            String value = otherwise;
            for (Parameter parameter : parameters) {
                if (parameter.name().equals(name)) {
                    value = parameter.value();
                }
            }
            return value;
        }

        public int major() {
            return version >>> 16;
        }

        public int minor() {
            return version & 0xffff;
        }
    }

    /** One name and value of a {@link Startup}: {@code user}, {@code database}, {@code options}, {@code _pq_.*} or a GUC. */
    record Parameter(String name, String value) {}

    /** Asks for TLS; answered by one byte, {@code S} or {@code N}. */
    record SslRequest() implements StartupPacket {}

    /** Asks for GSSAPI encryption; answered by one byte, {@code G} or {@code N}. */
    record GssEncRequest() implements StartupPacket {}

    /**
     * Asks to cancel what another session runs. Never answered.
     *
     * @param processId of the session's server process, from its BackendKeyData
     * @param key 4 bytes in protocol 3.0, up to 256 in 3.2
     */
    record CancelRequest(int processId, byte[] key) implements StartupPacket {}
}
