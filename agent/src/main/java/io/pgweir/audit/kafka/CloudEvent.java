package io.pgweir.audit.kafka;

import io.pgweir.audit.AuditRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Audit records as CloudEvents 1.0 in Kafka's binary mode: the value is the record, the rest stands in headers.
 *
 * <pre>
 * key             session, or where there is none the chain: all of one is in one partition, in order
 * ce_specversion  1.0
 * ce_id           the record's id; of a piece: id#index
 * ce_type         io.pgweir.audit.&lt;type&gt;; of a piece: io.pgweir.audit.chunk
 * ce_source       /pgweir/&lt;chain&gt;
 * ce_time         the record's time
 * ce_subject      session, where there is one
 * content-type    application/json; of a piece: application/octet-stream
 *
 * pgweir_chunk_id      the record's id                      a piece only, from here on
 * pgweir_chunk_index   from 0
 * pgweir_chunk_count   pieces of the record
 * pgweir_chunk_sha256  of all pieces joined, lower-case hex
 * </pre>
 *
 * See "Kafka Protocol Binding for CloudEvents", 3.2.
 */
final class CloudEvent {
    static final String CHUNK_ID = "pgweir_chunk_id";
    static final String CHUNK_INDEX = "pgweir_chunk_index";
    static final String CHUNK_COUNT = "pgweir_chunk_count";
    static final String CHUNK_SHA256 = "pgweir_chunk_sha256";

    private static final String TYPE = "io.pgweir.audit.";
    private static final Header SPEC_VERSION = header("ce_specversion", "1.0");
    private static final Header JSON = header("content-type", "application/json");
    private static final Header BYTES = header("content-type", "application/octet-stream");

    private CloudEvent() {}

    static ProducerRecord<byte[], byte[]> whole(String topic, AuditRecord.Head head, byte[] value) {
        return event(topic, head, head.id(), head.type(), JSON, value);
    }

    /** {@code value} in pieces of {@code pieceBytes}, the last one perhaps shorter. */
    static List<ProducerRecord<byte[], byte[]>> pieces(
            String topic, AuditRecord.Head head, byte[] value, String sha256, int pieceBytes) {
        int count = Math.ceilDiv(value.length, pieceBytes);
        List<ProducerRecord<byte[], byte[]>> pieces = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            int from = index * pieceBytes;
            byte[] piece = Arrays.copyOfRange(value, from, Math.min(from + pieceBytes, value.length));
            ProducerRecord<byte[], byte[]> event = event(topic, head, head.id() + "#" + index, "chunk", BYTES, piece);
            event.headers()
                    .add(header(CHUNK_ID, head.id()))
                    .add(header(CHUNK_INDEX, Integer.toString(index)))
                    .add(header(CHUNK_COUNT, Integer.toString(count)))
                    .add(header(CHUNK_SHA256, sha256));
            pieces.add(event);
        }
        return pieces;
    }

    private static ProducerRecord<byte[], byte[]> event(
            String topic, AuditRecord.Head head, String id, String type, Header content, byte[] value) {
        String session = head.session();
        List<Header> headers = new ArrayList<>(11);
        headers.add(SPEC_VERSION);
        headers.add(header("ce_id", id));
        headers.add(header("ce_type", TYPE + type));
        headers.add(header("ce_source", "/pgweir/" + head.chain()));
        headers.add(header("ce_time", head.time()));
        if (session != null) {
            headers.add(header("ce_subject", session));
        }
        headers.add(content);
        return new ProducerRecord<>(topic, null, bytes(session == null ? head.chain() : session), value, headers);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
