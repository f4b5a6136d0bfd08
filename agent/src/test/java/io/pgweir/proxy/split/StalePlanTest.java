package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static io.pgweir.proxy.split.TwoNodes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.Frontend;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a standby has prepared has other columns by now than the client has been told. */
class StalePlanTest extends OverTwoNodes {
    private static final byte[] OTHER_COLUMNS =
            message('E', "SFEHLER\0VERROR\0C0A000\0Mnein\0Fplancache.c\0L1\0RRevalidateCachedQuery\0\0");

    StalePlanTest() {
        super(TwoNodes.reading(Consistency.EVENTUAL));
    }

    @BeforeEach
    void aStatementIsPreparedThereAndRun() {
        nodes.say(Frontend.parse("s", "select 1"), Frontend.sync());
        nodes.readerSays(message('1', ""), READY);
        nodes.heard();
        nodes.say(Frontend.bind("", "s"), Frontend.execute("", 0), Frontend.sync());
        nodes.heardByLeader();
    }

    @Test
    void theClientHearsOfItAsFromAnyServer() {
        // When
        nodes.readerSays(OTHER_COLUMNS, READY);

        // Then
        assertThat(nodes.heardByLeader()).isEmpty();
        assertThat(text(nodes.heard())).isEqualTo(text(Frontend.concat(OTHER_COLUMNS, READY)));
    }

    @Test
    void whatElseItCannotDoTheLeaderDoes() {
        // When
        nodes.readerSays(error("0A000"), READY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("PBES");
        assertThat(nodes.heard()).isEmpty();
    }

    @Test
    void formatsThatFitOnlyTheLeadersColumnsAreForTheLeader() {
        // When
        nodes.readerSays(error("08P01"), READY);

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("PBES");
        assertThat(nodes.heard()).isEmpty();
    }
}
