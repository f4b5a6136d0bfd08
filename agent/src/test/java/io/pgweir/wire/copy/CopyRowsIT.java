package io.pgweir.wire.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.PgServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Whatever stream a real server takes, it counts as many rows in it as are counted here. */
class CopyRowsIT {
    private static final int STREAMS = 1500;
    private static final String TEXT_LETTERS = "a\n\n\r\\.\t";
    private static final String CSV_LETTERS = "ab\n\n\"\"\\.'";

    private static PgServer server;
    private static Connection connection;

    @BeforeAll
    static void start() throws SQLException {
        server = PgServer.builder().start();
        connection = server.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table copied (value text)");
        }
    }

    @AfterAll
    static void stop() throws SQLException {
        connection.close();
        server.close();
    }

    private static void compare(String options, Supplier<CopyRows> format, String letters) throws Exception {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        var random = new Random(42);
        int taken = 0;
        for (int i = 0; i < STREAMS; i++) {
            byte[] stream = stream(random, letters);
            long expected;
            try {
                expected = copy.copyIn("copy copied from stdin (" + options + ")", new ByteArrayInputStream(stream));
            } catch (SQLException refused) {
                continue;
            }
            CopyRows rows = format.get();
            rows.feed(stream, 0, stream.length);
            rows.finish();
            assertThat(rows.rows())
                    .as("%s of %s", options, new String(stream, StandardCharsets.US_ASCII))
                    .isEqualTo(expected);
            taken++;
        }
        assertThat(taken).isGreaterThan(STREAMS / 10);
    }

    private static byte[] stream(Random random, String letters) {
        byte[] stream = new byte[random.nextInt(24)];
        for (int i = 0; i < stream.length; i++) {
            stream[i] = (byte) letters.charAt(random.nextInt(letters.length()));
        }
        return stream;
    }

    @Test
    void textCountsAsTheServerDoes() throws Exception {
        compare("format text, delimiter '|'", () -> CopyRows.text(StandardCharsets.UTF_8, false), TEXT_LETTERS);
        compare("format text, delimiter '|', header", () -> CopyRows.text(StandardCharsets.UTF_8, true), TEXT_LETTERS);
    }

    @Test
    void csvCountsAsTheServerDoes() throws Exception {
        compare(
                "format csv",
                () -> CopyRows.csv(StandardCharsets.UTF_8, false, (byte) '"', (byte) '"', false),
                CSV_LETTERS);
        compare(
                "format csv, header, quote '''', escape '\\'",
                () -> CopyRows.csv(StandardCharsets.UTF_8, true, (byte) '\'', (byte) '\\', false),
                CSV_LETTERS);
    }

    @Test
    void whatTheServerCopiesOutIsCounted() throws SQLException, IOException {
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        String query = "copy (select chr(g), E'line\\nline\\\\.', null from generate_series(1, 300) g) to stdout ";
        assertThat(copied(copy, query + "(format text)", CopyRows.text(StandardCharsets.UTF_8, false)))
                .isEqualTo(300);
        assertThat(copied(
                        copy,
                        query + "(format csv, header)",
                        CopyRows.csv(StandardCharsets.UTF_8, true, (byte) '"', (byte) '"', true)))
                .isEqualTo(300);
        assertThat(copied(copy, query + "(format binary)", CopyRows.binary())).isEqualTo(300);
    }

    private static long copied(CopyManager copy, String sql, CopyRows rows) throws SQLException, IOException {
        var out = new ByteArrayOutputStream();
        copy.copyOut(sql, out);
        rows.feed(out.toByteArray(), 0, out.size());
        rows.finish();
        assertThat(rows.broken()).isFalse();
        return rows.rows();
    }
}
