package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything that a PostgreSQL 18 said in two sessions, protocol 3.2, one of them replicating; see the resource. */
class RecordedServerTest {
    private final BackendDecoder decoder = new BackendDecoder();
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/wire/backend-18.hex")) {
            assertThat(in).isNotNull();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(lines::add);
        }
    }

    private BackendMessage decode(String line, int length) {
        byte[] body = ByteBufUtil.decodeHexDump(line.substring(2));
        return decoder.decode((byte) line.charAt(0), Bytes.lay(body, 0), Bytes.AT, body.length + length);
    }

    /** Messages of a type, in the order sent. */
    private List<BackendMessage> messages(char type) {
        return lines.stream()
                .filter(line -> line.charAt(0) == type)
                .map(line -> decode(line, 0))
                .toList();
    }

    @Test
    void everyMessageReads() {
        for (String line : lines) {
            assertThat(decode(line, 0))
                    .as(line)
                    .isNotInstanceOfAny(BackendMessage.Malformed.class, BackendMessage.Unknown.class);
        }
    }

    @Test
    void everyMessageThatLacksItsLastByteIsMalformed() {
        for (String line : lines) {
            // CopyData has any body, a cancel key any length.
            if (line.length() > 2 && line.charAt(0) != 'd' && line.charAt(0) != 'K') {
                assertThat(decode(line, -1)).as(line).isInstanceOf(BackendMessage.Malformed.class);
            }
        }
    }

    @Test
    void whatTheServerMeantIsWhatIsRead() {
        assertThat(messages('v'))
                .containsExactly(new BackendMessage.NegotiateProtocolVersion(196610, List.of("_pq_.nothing")));
        assertThat(messages('K'))
                .allSatisfy(message -> assertThat(((BackendMessage.BackendKeyData) message).key())
                        .hasSize(32));
        assertThat(messages('C'))
                .startsWith(
                        new BackendMessage.CommandComplete("CREATE TABLE"),
                        new BackendMessage.CommandComplete("INSERT 0 2"),
                        new BackendMessage.CommandComplete("SELECT 2"));
        assertThat(messages('S')).contains(new BackendMessage.ParameterStatus("application_name", "golden"));
        assertThat(messages('E'))
                .map(message -> ((BackendMessage.ErrorResponse) message).fields())
                .containsExactly(
                        new ErrorFields(
                                "ERROR",
                                "23505",
                                "duplicate key value violates unique constraint \"t_pkey\"",
                                "Key (a)=(1) already exists.",
                                null,
                                0,
                                "pg_temp_8",
                                "t",
                                null,
                                null,
                                "t_pkey"),
                        new ErrorFields(
                                "ERROR",
                                "42601",
                                "syntax error at or near \"selec\"",
                                null,
                                null,
                                1,
                                null,
                                null,
                                null,
                                null,
                                null));
        assertThat(messages('N'))
                .map(message ->
                        ((BackendMessage.NoticeResponse) message).fields().hint())
                .containsExactly("really");
        assertThat(messages('V')).containsExactly(new BackendMessage.FunctionCallResponse(4));
        assertThat(messages('W')).containsExactly(new BackendMessage.CopyBothResponse(CopyFormat.TEXT, 0));
        assertThat(messages('H')).containsExactly(new BackendMessage.CopyOutResponse(CopyFormat.BINARY, 2));
        assertThat(messages('Z'))
                .contains(
                        new BackendMessage.ReadyForQuery(TransactionStatus.IN_TRANSACTION),
                        new BackendMessage.ReadyForQuery(TransactionStatus.FAILED));
    }
}
