package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.telemetry.Telemetry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it with processes that are killed at random moments, as {@code kill -9} does. */
class SpoolKillIT {
    private static final int KILLS = 12;

    @TempDir
    Path dir;

    /** What is killed: goes on where the last one was stopped, and tells every record that it may rely on. */
    static final class Writer {
        public static void main(String[] args) throws IOException {
            Spool spool = Spool.open(Records.config(Path.of(args[0]), 50_000), new Telemetry());
            int number = Integer.parseInt(args[1]);
            System.out.println("open");
            while (true) {
                for (int i = 0; i < 5; i++) {
                    number++;
                    Records.append(spool, number, number);
                }
                spool.force();
                System.out.println(number);
            }
        }
    }

    @Test
    void whatWasToldDurableSurvivesEveryKill() throws Exception {
        Random random = new Random(11);
        int last = 0;
        for (int round = 0; round < KILLS; round++) {
            // When
            int told = runAndKill(last, 1 + random.nextInt(60));
            // Then
            try (Spool spool = Spool.open(Records.config(dir, 50_000), new Telemetry())) {
                List<String> all =
                        Records.rest(spool.cursors(List.of("s" + round)).getFirst());
                assertThat(all).hasSizeGreaterThanOrEqualTo(told).isEqualTo(Records.texts(1, all.size()));
                assertThat(spool.recovery().damaged()).isEmpty();
                assertThat(spool.recovery().last()).hasToString(Records.text(all.size()));
                last = all.size();
            }
        }
        assertThat(last).isGreaterThan(KILLS);
    }

    /** Number of the last record that the process said was durable. */
    private int runAndKill(int last, int lines) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        dir.toString(),
                        Integer.toString(last))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            assertThat(output.readLine()).isEqualTo("open");
            assertThatThrownBy(() -> Spool.open(Records.config(dir), new Telemetry()))
                    .hasMessage("audit spool " + dir + ": another pgweir (pid " + process.pid() + ") uses it");
            int told = last;
            for (int i = 0; i < lines; i++) {
                told = number(output.readLine(), told);
            }
            // Not the process' own method, which closes its output too.
            process.toHandle().destroyForcibly();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                told = number(line, told);
            }
            return told;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** The kill may cut the last line. */
    private static int number(@Nullable String line, int before) {
        int number = line == null || line.isEmpty() ? before : Integer.parseInt(line);
        return Math.max(number, before);
    }
}
