package io.pgweir.auth.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.auth.Lookup;
import io.pgweir.auth.Md5Hash;
import io.pgweir.auth.Password;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.ScramVerifier;
import io.pgweir.config.ConfigException;
import io.pgweir.config.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSourceTest {
    private static final String KEY = "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=";

    @TempDir
    Path dir;

    @Test
    void rolesAndSecretsOfEveryKind() {
        // Given
        String text = "; a comment\n# another\n\n\"al\"\"ice\" \"SCRAM-SHA-256$4096:c2FsdA==$" + KEY + ":" + KEY
                + "\"\r\n  \"bob\"\t\"md5" + "0123456789abcdef".repeat(2)
                + "\" ; old\n\"carol\" \"a \"\"b\"\" \u00e9\" \"\" \"\"";
        var faults = new Faults("users.txt");
        // When
        Map<String, RoleSecret> roles = Userlist.read(text, faults);
        // Then
        assertThat(faults.found()).isEmpty();
        assertThat(roles).containsOnlyKeys("al\"ice", "bob", "carol");
        assertThat(roles.get("al\"ice")).isInstanceOf(ScramVerifier.class);
        assertThat(roles.get("bob")).isInstanceOf(Md5Hash.class);
        assertThat(roles.get("carol")).isInstanceOf(Password.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "alice hidden | users.txt:2:1: something without quotes (expected: a role's name in quotes)",
                "\"alice | users.txt:2:1: a quote that is never closed (expected: one more before the end of the line)",
                "\"alice\" | users.txt:2:8: end of line (expected: its secret in quotes)",
                "\"alice\" hidden | users.txt:2:9: something without quotes (expected: its secret in quotes)",
                "\"alice\" \"hidden\" hidden | users.txt:2:18: something without quotes (expected: the end of the line)",
                "\"\" \"hidden\" | users.txt:2:1: an empty name (expected: a role's)",
                "\"first\" \"hidden\" | users.txt:2:1: a role again (expected: each once; first on line 1)",
                "\"alice\" \"SCRAM-SHA-256$hidden\" | users.txt:2:9: SCRAM verifier: another form (expected: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)",
            })
    void garbageIsAFaultWithItsPlaceAndShowsNothing(String line, String expected) {
        // Given
        var faults = new Faults("users.txt");
        // When
        Userlist.read("\"first\" \"x\"\n" + line + "\n\"last\" \"y\"", faults);
        // Then
        assertThat(faults.found()).singleElement().hasToString(expected);
        assertThat(expected).doesNotContain("hidden");
    }

    @Property(tries = 500)
    void anyTextIsRolesOrFaults(@ForAll @Chars({'"', 'a', ' ', '\n', ';', '\r', '#'}) String text) {
        // Given
        var faults = new Faults("users.txt");
        // When
        Map<String, RoleSecret> roles = Userlist.read(text, faults);
        // Then
        boolean nothing = Arrays.stream(text.split("\n")).allMatch(line -> line.matches("(?s)[ \r]*([;#].*)?"));
        assertThat(faults.found().isEmpty() && roles.isEmpty()).isEqualTo(nothing);
    }

    @Property(tries = 200)
    void whatIsQuotedIsReadAsItWas(@ForAll String name, @ForAll String secret) {
        // Given
        String kept = "n" + name.replaceAll("[\n]", "");
        String text = quoted(kept) + " " + quoted(secret.replaceAll("[\n]", "")) + "\n";
        var faults = new Faults("users.txt");
        // When
        Map<String, RoleSecret> roles = Userlist.read(text, faults);
        // Then
        assertThat(faults.found()).isEmpty();
        assertThat(roles).containsOnlyKeys(kept);
    }

    @Test
    void aChangedFileIsReadAgainAndOneWithFaultsChangesNothing() throws Exception {
        // Given
        Path file = Files.writeString(dir.resolve("users.txt"), "\"alice\" \"a\"\n");
        var source = new FileSource(file);
        assertThat(source.read("alice", "")).isInstanceOf(Lookup.Found.class);
        // When
        Files.writeString(file, "\"alice\" \"a\"\n\"bob\" \"b\"\n");
        Lookup added = source.read("bob", "");
        Files.writeString(file, "garbage, and longer than it was\n");
        Lookup kept = source.read("bob", "");
        Files.delete(file);
        Lookup gone = source.read("bob", "");
        Files.writeString(file, "\"carol\" \"c\"\n");
        // Then
        assertThat(added).isInstanceOf(Lookup.Found.class);
        assertThat(kept).isInstanceOf(Lookup.Found.class);
        assertThat(gone).isInstanceOf(Lookup.Found.class);
        assertThat(source.read("bob", "")).isEqualTo(new Lookup.Absent());
        assertThat(source.read("carol", "")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void aFileWithFaultsIsNoStart() throws Exception {
        // Given
        Path file = Files.writeString(dir.resolve("users.txt"), "x\ny\n");
        // When, Then
        assertThatThrownBy(() -> new FileSource(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("users.txt:1:1: ")
                .hasMessageContaining("users.txt:2:1: ");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
