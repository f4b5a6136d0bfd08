package io.pgweir.topology.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerLineTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "user=lab host=127.0.0.1 application_name=one fallback_application_name=walreceiver, one",
                "user=lab fallback_application_name=walreceiver application_name=one, one",
                "user=lab fallback_application_name=n1 sslmode=prefer, n1",
                "application_name=my\\'node host=h, my'node",
                "application_name='n 1' host=h, n 1",
                "host=h,",
            })
    void aStandbyIsKnownByTheNameThatItStreamsUnder(String conninfo, String name) {
        assertThat(ServerLine.name(conninfo)).isEqualTo(name);
    }

    @Test
    void whatMayNotBeSeenIsNotKnown() {
        assertThat(ServerLine.name(null)).isNull();
    }
}
