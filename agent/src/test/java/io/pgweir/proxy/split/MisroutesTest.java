package io.pgweir.proxy.split;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MisroutesTest {
    private final Misroutes misroutes = new Misroutes();

    @Test
    void aRefusalIsOfOneStatementOfOneDatabaseAndForAWhile() {
        misroutes.onRefused("orders", "fp1:a", 0, 5);

        assertThat(misroutes.isRefused("orders", "fp1:a", 0, 6)).isTrue();
        assertThat(misroutes.isRefused("orders", "fp1:b", 0, 6)).isFalse();
        assertThat(misroutes.isRefused("stock", "fp1:a", 0, 6)).isFalse();
        assertThat(misroutes.isRefused("orders", "fp1:a", 0, 5 + Misroutes.KEPT_NANOS))
                .isFalse();
    }

    @Test
    void whatTheCatalogSaysBehindDdlMayBeSomethingElse() {
        misroutes.onRefused("orders", "fp1:a", 1, 0);

        assertThat(misroutes.isRefused("orders", "fp1:a", 2, 0)).isFalse();
    }

    @Test
    void onlySoManyAreKept() {
        for (int i = 0; i < Misroutes.STATEMENTS_MAX + 1; i++) {
            misroutes.onRefused("orders", "fp1:" + i, 0, 0);
        }
        assertThat(misroutes.isRefused("orders", "fp1:0", 0, 0)).isTrue();
        assertThat(misroutes.isRefused("orders", "fp1:" + Misroutes.STATEMENTS_MAX, 0, 0))
                .isFalse();
        misroutes.onRefused("orders", "fp1:x", 0, Misroutes.KEPT_NANOS);
        assertThat(misroutes.isRefused("orders", "fp1:x", 0, Misroutes.KEPT_NANOS))
                .isTrue();
    }
}
