package io.pgweir.proxy.judge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's own functions by OID: those below 12000 are assigned by hand and never reused for another, so the table of
 * version 18 serves every version. What was added or dropped since has no name here.
 */
final class BuiltinFunctions {
    private static final String TABLE = "builtin-functions.txt";

    private BuiltinFunctions() {}

    /** Loaded when the first FunctionCall comes. */
    private static final class Names {
        private static final Map<Integer, String> BY_OID = read();

        private static Map<Integer, String> read() {
            Map<Integer, String> names = HashMap.newHashMap(4096);
            try (InputStream in = BuiltinFunctions.class.getResourceAsStream(TABLE)) {
                if (in == null) {
                    throw new IllegalStateException("no resource " + TABLE);
                }
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int blank = line.indexOf(' ');
                    names.put(Integer.valueOf(line.substring(0, blank)), line.substring(blank + 1));
                }
            } catch (IOException fault) {
                throw new UncheckedIOException(fault);
            }
            return names;
        }
    }

    /** In {@code pg_catalog}; null where it is none of PostgreSQL's own. */
    static @Nullable String name(int oid) {
        return Names.BY_OID.get(oid);
    }
}
