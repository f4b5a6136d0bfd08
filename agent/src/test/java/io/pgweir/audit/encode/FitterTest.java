package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.NativeRecords;
import io.pgweir.audit.RecordFormat;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

class FitterTest {
    private final Fitter fitter = new Fitter(RecordFormat.NATIVE);

    private static JsonNode tree(byte[] json) {
        return new ObjectMapper().readTree(json);
    }

    @Test
    void whatIsNativeIsNotCopied() {
        AuditRecord record = NativeRecords.heartbeat(1);
        assertThat(fitter.whole(record)).isSameAs(record.json());
    }

    @Property
    void aCutRecordFitsAndKeepsWhatTheChainNeeds(
            @ForAll @IntRange(min = Fitter.BYTES_MIN, max = 40_000) int bytesMax,
            @ForAll @IntRange(min = 1, max = 30_000) int length) {
        // Given: three bytes a character, and quotes that become two
        AuditRecord record = NativeRecords.statement(7, 1, "\u20ac\\\"".repeat(length));
        // When
        byte[] cut = fitter.cut(record, bytesMax);
        // Then
        assertThat(cut.length).isLessThanOrEqualTo(bytesMax);
        JsonNode whole = tree(record.json());
        JsonNode read = tree(cut);
        for (String kept : new String[] {"id", "type", "time", "chain", "seq", "session", "prev", "hash"}) {
            assertThat(read.get(kept)).as(kept).isEqualTo(whole.get(kept));
        }
        assertThat(read.get("cut").get("length").asInt()).isEqualTo(record.json().length);
        assertThat(read.get("cut").get("sha256").asString()).isEqualTo(Digests.sha256(record.json()));
    }

    @Test
    void shortTextsAndNumbersStayAsTheyAre() {
        // Given
        ObjectNode whole = (ObjectNode)
                tree(NativeRecords.statement(1, 1, "x".repeat(10_000)).json());
        whole.putObject("result")
                .put("rows", 9_007_199_254_740_993L)
                .putNull("tag")
                .put("ok", true);
        whole.putArray("parameters").add("a").add(1.5);
        // When
        JsonNode cut = tree(fitter.cut(record(whole), 8000));
        // Then
        assertThat(cut.get("result")).isEqualTo(whole.get("result"));
        assertThat(cut.get("parameters")).isEqualTo(whole.get("parameters"));
        assertThat(cut.get("sql").get("text").asString()).isEqualTo("x".repeat(4000));
    }

    @Test
    void aThousandParametersGoWhenNothingElseHelps() {
        // Given
        ObjectNode whole =
                (ObjectNode) tree(NativeRecords.statement(1, 1, "SELECT 1").json());
        var parameters = whole.putArray("parameters");
        for (int i = 0; i < 1000; i++) {
            parameters.addObject().put("value", "p" + i);
        }
        // When
        JsonNode cut = tree(fitter.cut(record(whole), Fitter.BYTES_MIN));
        // Then
        assertThat(cut.has("parameters")).isFalse();
        assertThat(cut.get("hash")).isEqualTo(whole.get("hash"));
        assertThat(cut.has("cut")).isTrue();
    }

    @Test
    void garbageIsNotLostWithoutAWord() {
        for (String garbage :
                new String[] {"", "[1,2", "{\"a\":", "{\"a\":1}x".repeat(3), "\u0000", "{\"a\":\"" + "x".repeat(9)}) {
            AuditRecord record = new AuditRecord(garbage.getBytes(StandardCharsets.UTF_8));
            assertThat(fitter.whole(record)).isEqualTo(record.json());
            assertThat(tree(fitter.cut(record, Fitter.BYTES_MIN))
                            .at("/cut/length")
                            .asInt())
                    .isEqualTo(record.json().length);
        }
    }

    @Test
    void whatAFormatCannotSayIsDeliveredAsItIs() {
        // Given
        RecordFormat format = (record, to) -> {
            throw new IllegalArgumentException("no words");
        };
        AuditRecord record = NativeRecords.heartbeat(1);
        // When // Then
        assertThat(new Fitter(format).whole(record)).isEqualTo(record.json());
    }

    @Test
    void aFormatThatSaysMoreIsFittedByWhatItSays() {
        // Given
        RecordFormat doubled = (record, to) -> {
            to.writeBytes(record.json());
            to.writeBytes(record.json());
        };
        AuditRecord record = NativeRecords.statement(1, 1, "x".repeat(50_000));
        // When // Then
        assertThat(new Fitter(doubled).cut(record, 20_000).length).isBetween(5_000, 20_000);
    }

    private static AuditRecord record(JsonNode tree) {
        return new AuditRecord(tree.toString().getBytes(StandardCharsets.UTF_8));
    }
}
