package io.pgweir.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.Fault;
import io.pgweir.config.Faults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserMapTest {
    @TempDir
    private Path dir;

    private Faults faults(byte[] bytes) throws Exception {
        Path file = Files.write(dir.resolve("map.yaml"), bytes);
        Faults faults = new Faults("map.yaml");
        UserMap.read(file, faults);
        return faults;
    }

    @Test
    void whoIsInItLogsInAsItSays() throws Exception {
        Files.writeString(dir.resolve("secret"), "hunter2\n");
        Path file = Files.writeString(dir.resolve("map.yaml"), """
                users:
                  app: {user: app_copy, password-file: secret}
                  "o'hara": {password-file: secret}
                others: {user: replay}
                """);
        Faults faults = new Faults("map.yaml");

        Logins logins = UserMap.read(file, faults);

        assertThat(faults.found()).isEmpty();
        assertThat(logins.of("app").user("app")).isEqualTo("app_copy");
        assertThat(logins.of("app").password()).isNotNull();
        assertThat(logins.of("o'hara").user("o'hara")).isEqualTo("o'hara");
        assertThat(logins.of("somebody").user("somebody")).isEqualTo("replay");
        assertThat(logins.of("somebody").password()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "users: {app: {uesr: x}}|did you mean",
                "users: {app: {password-file: nowhere}}|nowhere",
                "users: {app: {}}|expected",
                "users: 5|expected: a mapping",
                "user: {app: {user: x}}|did you mean",
                "[1, 2]|expected: a mapping",
                "'users: {'|expected",
            })
    void whatIsWrongIsTold(String text, String expected) throws Exception {
        List<Fault> found = faults(text.getBytes(StandardCharsets.UTF_8)).found();

        assertThat(found).isNotEmpty().first().asString().contains(expected);
    }

    @Test
    void whatIsNoTextIsTold() throws Exception {
        assertThat(faults(new byte[] {(byte) 0xff, 0, 1}).found()).isNotEmpty();
        assertThat(faults(new byte[0]).found()).isNotEmpty();
    }
}
