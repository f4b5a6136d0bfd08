package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.proxy.rows.KnownColumns;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CatalogsTest {
    private static final Catalogs.Key KEY = new Catalogs.Key("c/n", "shop", "sha256:1");

    private final KnownColumns columns = new KnownColumns();
    private long seconds;
    private final Catalogs catalogs = new Catalogs(() -> TimeUnit.SECONDS.toNanos(seconds));

    @Test
    void isAskedFirstOfAll() {
        assertThat(catalogs.wants(KEY)).isTrue();
        assertThat(catalogs.known(KEY)).isEqualTo(Catalogs.UNKNOWN);
        catalogs.put(KEY, columns, catalogs.epoch());
        assertThat(catalogs.wants(KEY)).isFalse();
        assertThat(catalogs.known(KEY)).isEqualTo(new Catalogs.Answer(columns, true));
    }

    @Test
    void ageMakesItAskAndNotForget() {
        catalogs.put(KEY, columns, catalogs.epoch());
        seconds = 59;
        assertThat(catalogs.wants(KEY)).isFalse();
        seconds = 60;
        assertThat(catalogs.wants(KEY)).isTrue();
        assertThat(catalogs.known(KEY)).isEqualTo(new Catalogs.Answer(columns, true));
    }

    @Test
    void ddlMakesItAskAtOnce() {
        catalogs.put(KEY, columns, catalogs.epoch());
        catalogs.onDdl("c/n", "other");
        catalogs.onDdl("d/n", "shop");
        assertThat(catalogs.wants(KEY)).isFalse();
        catalogs.onDdl("c/n", "shop");
        assertThat(catalogs.wants(KEY)).isTrue();
        assertThat(catalogs.known(KEY)).isEqualTo(new Catalogs.Answer(columns, false));
    }

    @Test
    void ddlWhileItIsAskedMakesItAskAgain() {
        long asked = catalogs.epoch();
        catalogs.onDdl("c/n", "shop");
        catalogs.put(KEY, columns, asked);
        assertThat(catalogs.wants(KEY)).isTrue();
        assertThat(catalogs.known(KEY).isFresh()).isFalse();
    }

    @Test
    void serverThatDoesNotSayIsAskedOnceASecond() {
        catalogs.put(KEY, null, catalogs.epoch());
        assertThat(catalogs.wants(KEY)).isFalse();
        seconds = 1;
        assertThat(catalogs.wants(KEY)).isTrue();
        assertThat(catalogs.known(KEY)).isEqualTo(Catalogs.UNKNOWN);
    }

    @Test
    void whatWasKnownBeforeStaysWhenTheServerDoesNotSay() {
        catalogs.put(KEY, columns, catalogs.epoch());
        catalogs.put(KEY, null, catalogs.epoch());
        assertThat(catalogs.known(KEY)).isEqualTo(new Catalogs.Answer(columns, false));
    }
}
