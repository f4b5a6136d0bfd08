package io.pgweir.proxy;

import io.pgweir.capture.CapturePaths;
import io.pgweir.capture.CaptureReader;
import io.pgweir.capture.Selection;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.replay.Replay;
import io.pgweir.replay.Results;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What tests that run captures again share: a database {@code original}, and {@code copy}, which is as that was. */
final class Replays {
    private Replays() {}

    static void makeDatabases(PgServer server, String tables) {
        server.query("drop database if exists copy");
        server.query("drop database if exists original");
        server.query("create database original");
        query(server, "original", tables);
        server.query("create database copy template original");
    }

    static String query(PgServer server, String database, String sql) {
        try (PgWire client =
                PgWire.login("127.0.0.1", server.port(), Map.of("user", "postgres", "database", database), null)) {
            return client.query(sql);
        }
    }

    /** All files of {@code dir}, to their end. */
    static Results.Summary run(Replay replay, Path dir) throws Exception {
        for (Path file : CapturePaths.files(List.of(dir))) {
            try (CaptureReader reader = CaptureReader.open(file, List.of(), fault -> {
                throw new AssertionError(fault.toString());
            })) {
                replay.run(reader.records(Selection.ALL), CaptureReader.Progress.NONE);
            }
        }
        return replay.finish();
    }
}
