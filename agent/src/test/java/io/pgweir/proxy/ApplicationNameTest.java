package io.pgweir.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgweir.config.ApplicationNameConfig;
import io.pgweir.lab.Frontend;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ApplicationNameTest {
    private static final UUID SESSION = UUID.fromString("01a1fe4b-14ec-7000-bd4f-b48865dee16a");
    private static final String SUFFIX = "/pgweir-01a1fe4b-14ec-7000-bd4f-b48865dee16a";

    @Test
    void theNameGetsTheSuffixAndAllElseStays() {
        assertThat(suffixed("user", "bob", "application_name", "psql", "options", "-c x=1"))
                .isEqualTo(startup("user", "bob", "application_name", "psql" + SUFFIX, "options", "-c x=1"));
    }

    @Test
    void whereThereIsNoNameTheSuffixIsIt() {
        assertThat(suffixed("user", "bob")).isEqualTo(startup("user", "bob", "application_name", SUFFIX));
        assertThat(suffixed("user", "bob", "application_name", ""))
                .isEqualTo(startup("user", "bob", "application_name", SUFFIX));
    }

    @Test
    void aLongNameIsCutSoThatTheWholeIsOneThatPostgresqlKeeps() {
        String name = "an application with a long name";
        String kept = name.substring(0, 63 - SUFFIX.length());

        assertThat(suffixed("application_name", name)).isEqualTo(startup("application_name", kept + SUFFIX));
    }

    @Test
    void whatPostgresqlEscapesCountsAsItIsShownAndIsNotCutInTwo() {
        assertThat(suffixed("application_name", "\u00e4\u00e4\u00e4"))
                .isEqualTo(startup("application_name", "\u00e4\u00e4" + SUFFIX));
    }

    @Test
    void aValueThatReadsLikeTheNameIsNone() {
        assertThat(suffixed("user", "application_name", "database", "application_name"))
                .isEqualTo(startup(
                        "user", "application_name", "database", "application_name", "application_name", SUFFIX));
    }

    @Test
    void whatIsNoStartupPacketStaysAsItIs() {
        byte[] old = ByteBuffer.allocate(9).putInt(9).putInt(2 << 16).array();
        byte[] open = ByteBuffer.allocate(12)
                .putInt(12)
                .putInt(3 << 16)
                .putInt(0x61006200 | 1)
                .array();
        byte[] empty = ByteBuffer.allocate(8).putInt(8).putInt(3 << 16).array();

        assertThat(in(old)).isEqualTo(old);
        assertThat(in(open)).isEqualTo(open);
        assertThat(in(empty)).isEqualTo(empty);
    }

    private static byte[] suffixed(String... parameters) {
        return in(startup(parameters));
    }

    private static byte[] in(byte[] packet) {
        ByteBuf out = new ApplicationName(new ApplicationNameConfig("/pgweir-{session}"))
                .in(Unpooled.copiedBuffer(packet), SESSION);
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    private static byte[] startup(String... parameters) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        byte[] packet = Frontend.startup(Frontend.PROTOCOL_3_0, map);
        assertThat(new String(packet, StandardCharsets.UTF_8)).isNotEmpty();
        return packet;
    }
}
