package io.pgweir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the file holds, the reader ends in a configuration or in faults, never in anything else. */
class ConfigReaderPropertiesTest {
    private static final String VALID = """
            version: 1
            clusters:
              c: {nodes: ["h:5432", "[::1]:5432"], tls: {mode: require, negotiation: direct}, connect-timeout: 1s}
            listeners:
              - {name: l, listen: 6432, cluster: c, mode: transparent, tls: {mode: disable}}
            audit: {parameters: full, queue-records: 64, text-bytes: 1KiB, copy-sha256: no, sinks: [{stdout: {}}]}
            limits: &l {connections: 1, message-bytes: 1MiB}
            threads: {loops: 2}
            """;

    @Property(tries = 2000)
    void anyTextIsReadOrRefused(@ForAll String text) {
        assertReadOrRefused(text);
    }

    @Property(tries = 4000)
    void anyYamlIsReadOrRefused(@ForAll("yaml") String text) {
        assertReadOrRefused(text);
    }

    @Property(tries = 4000)
    void anyDamageIsReadOrRefused(@ForAll("damaged") String text) {
        assertReadOrRefused(text);
    }

    @Provide
    Arbitrary<String> yaml() {
        List<String> pieces = List.of(
                "clusters",
                "listeners",
                "nodes",
                "tls",
                "mode",
                "limits",
                "audit",
                "sinks",
                "name",
                "listen",
                "? ",
                "*a",
                "&a ",
                ": ",
                ":",
                "- ",
                "\n",
                "\n  ",
                "\n    ",
                "{",
                "}",
                "[",
                "]",
                ", ",
                "'",
                "\"",
                "|",
                ">",
                "#",
                "---",
                "...",
                "!!int ",
                "!x ",
                "<<",
                "~",
                "1",
                "-0",
                "0x1f",
                "1e9",
                ".nan",
                "true",
                "\t",
                "%YAML 1.2\n",
                "%TAG ! x\n",
                "\\u0000",
                "h:5432",
                "\uD83D\uDE00",
                "\u0085",
                "@",
                "`");
        return Arbitraries.of(pieces).list().ofMaxSize(40).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> damaged() {
        Arbitrary<Integer> places = Arbitraries.integers().between(0, VALID.length());
        Arbitrary<String> splinters = Arbitraries.strings()
                .withChars("{}[]:,-#&*!|>'\"%@`? \n\t\u0000\u00e9")
                .ofMaxLength(4);
        return net.jqwik.api.Combinators.combine(places, places, splinters)
                .as((one, other, splinter) ->
                        VALID.substring(0, Math.min(one, other)) + splinter + VALID.substring(Math.max(one, other)));
    }

    /** Found by {@link #anyDamageIsReadOrRefused}. */
    @Example
    void whatStandsInAnAnchorIsShownAsText() {
        assertReadOrRefused("&\u0000");
        assertReadOrRefused("*\u0000");
    }

    private static void assertReadOrRefused(String text) {
        try {
            assertThat(ConfigReader.read("f", text)).isNotNull();
        } catch (ConfigException refused) {
            assertThat(refused.faults()).isNotEmpty();
            assertThat(refused.getMessage()).doesNotContain("\u0000");
        }
    }
}
