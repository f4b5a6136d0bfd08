package io.pgweir.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another source of {@link PgServer}s than Maven's artifacts: a service, chosen by its name in the system property {@value
 * #PROPERTY}.
 */
public interface PgProvider {
    String PROPERTY = "pg.provider";

    /** Maven's artifacts, which need no provider. */
    String EMBEDDED = "embedded";

    String name();

    /**
     * Starts a server, and returns when it accepts connections.
     *
     * @throws IllegalStateException says what is missing
     */
    Instance start(Order order);

    /**
     * What the server is to be.
     *
     * @param settings of postgresql.conf; paths of files are their bare names
     * @param hba lines of pg_hba.conf
     * @param files by the bare name that the settings use; for the server's eyes only
     * @param admin a superuser to make
     */
    record Order(int major, Map<String, String> settings, List<String> hba, Map<String, Path> files, String admin) {}

    /** A server that runs until it is closed. */
    interface Instance extends AutoCloseable {
        String host();

        int port();

        /** What it has written to its standard error so far. */
        String log();

        @Override
        void close();
    }

    /** The provider that the system property names; null for the embedded servers. */
    static @Nullable PgProvider chosen() {
        String name = System.getProperty(PROPERTY, EMBEDDED);
        if (name.equals(EMBEDDED)) {
            return null;
        }
        List<PgProvider> all = ServiceLoader.load(PgProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return all.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(PROPERTY + ": " + name + " (expected: one of "
                        + Stream.concat(Stream.of(EMBEDDED), all.stream().map(PgProvider::name))
                                .toList()
                        + ")"));
    }
}
