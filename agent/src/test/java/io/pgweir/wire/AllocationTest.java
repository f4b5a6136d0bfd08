package io.pgweir.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.pgweir.wire.copy.CopyRows;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The budget: rows, chunks and what a driver sends for each execution of a prepared statement allocate nothing. */
class AllocationTest {
    private static final int TIMES = 20_000;

    /** Less than one object header per call: what the JVM itself allocates on the side. */
    private static final long BYTES_MAX = TIMES;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final FrontendDecoder frontend = new FrontendDecoder();
    private final BackendDecoder backend = new BackendDecoder();

    private void allocatesNothing(Runnable work) {
        for (int i = 0; i < TIMES; i++) {
            work.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TIMES; i++) {
            work.run();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(BYTES_MAX);
    }

    private void allocatesNothingFrontend(char type, Bytes body) {
        byte[] bytes = body.array();
        ByteBuf buffer = Bytes.lay(bytes, 0);
        allocatesNothing(() -> frontend.decode((byte) type, buffer, Bytes.AT, bytes.length));
    }

    private void allocatesNothingBackend(char type, Bytes body) {
        byte[] bytes = body.array();
        ByteBuf buffer = Bytes.lay(bytes, 0);
        allocatesNothing(() -> backend.decode((byte) type, buffer, Bytes.AT, bytes.length));
    }

    @Test
    void bindAndExecuteAllocateNothing() {
        allocatesNothingFrontend(
                'B',
                Bytes.of().string("").string("S_1").int16(1, 1, 1).int32(4, 7).int16(1, 1));
        allocatesNothingFrontend('E', Bytes.of().string("").int32(0));
        allocatesNothingFrontend('S', Bytes.of());
    }

    @Test
    void copyDataAllocatesNothing() {
        allocatesNothingFrontend('d', Bytes.of().text("1\tone\n"));
        allocatesNothingBackend('d', Bytes.of().text("1\tone\n"));
    }

    @Test
    void rowsAndTheEndOfAStatementAllocateNothing() {
        allocatesNothingBackend('D', Bytes.of().int16(2).int32(4, 7).int32(-1));
        allocatesNothingBackend('C', Bytes.of().string("SELECT 1"));
        allocatesNothingBackend('Z', Bytes.of().text("I"));
        allocatesNothingBackend('2', Bytes.of());
    }

    @Test
    void countingCopiedRowsAllocatesNothing() {
        // Given
        byte[] bytes = Bytes.of().text("1\tone\n2\ttwo\\\nlines\n").array();
        CopyRows rows = CopyRows.text(StandardCharsets.UTF_8, false);

        // Then
        allocatesNothing(() -> rows.feed(bytes, 0, bytes.length));
        assertThat(rows.rows()).isEqualTo(4L * TIMES);
    }
}
