package io.pgweir.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    /** By the reference implementation, seed 0. */
    @Test
    void knownHashes() {
        assertThat(hash("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(hash("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(hash("abc")).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(hash("Nobody inspects the spammish repetition")).isEqualTo(0xFBCEA83C8A378BF1L);
    }

    @Property(tries = 200)
    void chunksDoNotMatter(@ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(min = 1, max = 70) int chunk) {
        // Given
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        XxHash64 whole = new XxHash64();
        XxHash64 pieces = new XxHash64();

        // When
        whole.update(all, 0, bytes.length);
        for (int at = 0; at < bytes.length; at += chunk) {
            pieces.update(all, at, Math.min(chunk, bytes.length - at));
        }

        // Then
        assertThat(pieces.finish()).isEqualTo(whole.finish());
    }

    @Test
    void orderOfRowsIsHeededByOneChecksumOnly() {
        // Given
        RowDigest forward = new RowDigest();
        RowDigest backward = new RowDigest();

        // When
        add(forward, "one");
        add(forward, "two");
        add(backward, "two");
        add(backward, "one");

        // Then
        assertThat(forward.unordered()).isEqualTo(backward.unordered());
        assertThat(forward.ordered()).isNotEqualTo(backward.ordered());
        assertThat(forward.rows()).isEqualTo(2);
        assertThat(forward.bytes()).isEqualTo(6);
        forward.reset();
        assertThat(forward.unordered()).isZero();
    }

    private static void add(RowDigest digest, String row) {
        digest.onChunk(Unpooled.copiedBuffer(row, US_ASCII), 0, row.length(), true);
    }

    private static long hash(String text) {
        XxHash64 hash = new XxHash64();
        hash.update(Unpooled.copiedBuffer(text, US_ASCII), 0, text.length());
        return hash.finish();
    }
}
