package io.pgweir.audit.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import org.junit.jupiter.api.Test;

class StdoutSinkTest {

    @Test
    void writesAllOfABatch() throws IOException {
        // Given
        Pipe pipe = Pipe.open();
        StdoutSink sink = new StdoutSink(pipe.sink());
        // When
        sink.write(ByteBuffer.wrap(new byte[1000]));
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
        StdoutSink sink = new StdoutSink(pipe.sink());
        pipe.source().close();
        // When // Then
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[1000]))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> sink.write(ByteBuffer.wrap(new byte[1000]))).isInstanceOf(IOException.class);
    }
}
