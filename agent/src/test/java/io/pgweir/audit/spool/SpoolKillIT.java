package io.pgweir.audit.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgweir.telemetry.Telemetry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    @Test
    void whatTheKernelRefusesTearsNothing() throws Exception {
        // Given
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 64 && exec \"$@\"", "sh"));
        command.addAll(writer(0));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.to(dir.resolve("stderr").toFile()))
                .start();
        // When
        int told = 0;
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("open");
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                told = number(line, told);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        // Then
        assertThat(dir.resolve("stderr")).content().contains("java.io.IOException: File too large");
        try (Spool spool = Spool.open(Records.config(dir), new Telemetry())) {
            assertThat(told).isGreaterThan(100);
            assertThat(spool.recovery().cut()).isEmpty();
            assertThat(spool.recovery().last()).hasToString(Records.text(told));
            assertThat(Records.rest(spool.cursors(List.of("s")).getFirst())).isEqualTo(Records.texts(1, told));
        }
    }

    private List<String> writer(int last) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                dir.toString(),
                Integer.toString(last));
    }

    /** Number of the last record that the process said was durable. */
    private int runAndKill(int last, int lines) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(writer(last))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
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
