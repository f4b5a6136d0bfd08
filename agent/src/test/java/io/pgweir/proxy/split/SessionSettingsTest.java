package io.pgweir.proxy.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
    private final SessionSettings settings = new SessionSettings(List.of());

    private void set(@Nullable String name, String sql) {
        settings.set(name, sql, List.of());
        settings.onCommit();
    }

    @Test
    void onlyTheLastOfASettingIsSaidAgain() {
        // When
        set("work_mem", "set work_mem = 1");
        set("my.tenant", "set my.tenant = 1");
        set("work_mem", "reset work_mem");
        set("my.tenant", "set my.tenant = 2");

        // Then
        assertThat(settings.behind(0)).containsExactly("reset work_mem", "set my.tenant = 2");
    }

    @Test
    void whatNoExtensionDefinesIsEmptyAfterItWasReset() {
        // When
        for (int i = 0; i < 3; i++) {
            set("my.tenant", "set my.tenant = 1");
            set("my.tenant", " Reset my.tenant");
        }

        // Then
        assertThat(settings.behind(0)).containsExactly("set my.tenant = 1", " Reset my.tenant");
    }

    @Test
    void afterDiscardAllToo() {
        // Given
        set("work_mem", "set work_mem = 1");
        set("my.tenant", "set my.tenant = 1");

        // When
        settings.discardAll();

        // Then
        assertThat(settings.behind(0)).containsExactly("set my.tenant = 1", "DISCARD ALL");
        assertThat(settings.behind(2)).containsExactly("DISCARD ALL");
    }
}
