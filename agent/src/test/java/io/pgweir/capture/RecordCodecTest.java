package io.pgweir.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.capture.CaptureRecord.Direction;
import io.pgweir.capture.CaptureRecord.SessionEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    @Provide
    Arbitrary<byte[]> garbage() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    }

    private static byte[] write(CaptureRecord... records) {
        RecordCodec codec = new RecordCodec();
        for (CaptureRecord record : records) {
            codec.append(record);
        }
        assertThat(codec.length()).isEqualTo(codec.toBytes().length);
        return codec.toBytes();
    }

    @Test
    void recordsComeBackAndSecretsDoNot() throws IOException {
        // Given
        CaptureRecord open = SampleRecords.open(3, 100);
        CaptureRecord said = SampleRecords.message(3, 90, Direction.FRONTEND, 'Q', new byte[] {'x', 0});
        CaptureRecord password = SampleRecords.message(3, 120, Direction.FRONTEND, 'p', new byte[] {'x', 0});
        CaptureRecord end = new SessionEnd(3, 5_000_000_000L, "terminate");

        // When
        List<CaptureRecord> read = RecordCodec.read(write(open, said, password, end));

        // Then
        assertThat(read).usingRecursiveFieldByFieldElementComparator().isEqualTo(List.of(open, said, end));
    }

    @Property(tries = 500)
    void garbageIsAnErrorOrRecordsAndNothingElse(@ForAll("garbage") byte[] bytes) {
        List<CaptureRecord> read = new ArrayList<>();
        try {
            read.addAll(RecordCodec.read(bytes));
        } catch (IOException expected) {
            assertThat(expected).hasMessageStartingWith("record ");
        }
        assertThat(read.size()).isLessThanOrEqualTo(bytes.length);
    }

    @Test
    void whatIsCutShortIsAnError() {
        // Given
        byte[] whole = write(SampleRecords.open(1, 1), new SessionEnd(1, 2, "terminate"));

        // When
        // Then
        assertThatThrownBy(() -> RecordCodec.read(Arrays.copyOf(whole, whole.length - 1)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("record 1: ");
    }
}
