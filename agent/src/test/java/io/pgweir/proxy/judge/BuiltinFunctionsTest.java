package io.pgweir.proxy.judge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltinFunctionsTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"764, lo_import", "957, lo_creat", "1397, abs", "2971, text", "16384, -", "-1, -", "0, -"})
    void namesWhatIsPostgresOwn(int oid, String name) {
        assertThat(BuiltinFunctions.name(oid)).isEqualTo(name);
    }
}
