package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.io.SerializedString;

class FragmentsTest {
    private final List<Object> encoded = new ArrayList<>();
    private final Fragments<Object> fragments = new Fragments<>(1, key -> {
        encoded.add(key);
        return new SerializedString(key.toString());
    });

    @Test
    void whatComesOnceIsNotKept() {
        assertThat(fragments.of("a")).isNull();
        assertThat(encoded).isEmpty();
    }

    @Test
    void whatComesAgainIsEncodedOnce() {
        // Given
        fragments.of("a");

        // When
        var second = fragments.of("a");

        // Then
        assertThat(second).hasToString("a");
        assertThat(fragments.of("a")).isSameAs(second);
        assertThat(encoded).containsExactly("a");
    }

    @Test
    void whatComesOncePushesNobodyOut() {
        // Given
        fragments.of("a");
        var kept = fragments.of("a");

        // When
        for (int i = 0; i < 100; i++) {
            assertThat(fragments.of(new Object())).isNull();
        }

        // Then
        assertThat(fragments.of("a")).isSameAs(kept);
    }

    @Test
    void aNewcomerThatComesAgainTakesTheSlot() {
        // Given
        fragments.of("a");
        fragments.of("a");

        // When
        fragments.of("b");
        fragments.of("b");

        // Then
        assertThat(fragments.of("b")).hasToString("b");
        assertThat(fragments.of("a")).isNull();
    }
}
