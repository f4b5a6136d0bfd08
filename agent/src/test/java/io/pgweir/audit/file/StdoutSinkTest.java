package io.pgweir.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class StdoutSinkTest {

    @Test
    void writesAllOfABatch() throws IOException {
        // Given
        Pipe pipe = Pipe.open();
        StdoutSink sink = new StdoutSink(pipe.sink(), RecordFormat.NATIVE);
        // When
        sink.write(List.of(new AuditRecord(new byte[999])));
        // Then
        ByteBuffer read = ByteBuffer.allocate(2000);
        while (read.position() < 1000) {
            pipe.source().read(read);
        }
        assertThat(read.position()).isEqualTo(1000);
    }

    @Test
    void aReaderThatWentAwayIsAFailureAndNothingMore() throws IOException {
        // Given
        Pipe pipe = Pipe.open();
        StdoutSink sink = new StdoutSink(pipe.sink(), RecordFormat.NATIVE);
        pipe.source().close();
        // When // Then
        assertThatThrownBy(() -> sink.write(List.of(new AuditRecord(new byte[999]))))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> sink.write(List.of(new AuditRecord(new byte[999]))))
                .isInstanceOf(IOException.class);
    }
}
