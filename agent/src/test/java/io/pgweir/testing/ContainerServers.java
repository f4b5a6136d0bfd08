package io.pgweir.testing;

import io.pgweir.lab.PgProvider;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * Servers from the images of Docker's official {@code postgres}: {@code mvn verify -Dpg.provider=testcontainers}, for
 * platforms that Maven's artifacts do not cover. No standby, and the server sees the bridge's address instead of 127.0.0.1.
 *
 * <p>Written where no Docker daemon answers: only the refusal without one has been run, by {@link ContainerServersTest}.
 */
public final class ContainerServers implements PgProvider {
    private static final int PORT = 5432;
    private static final String COPIED = "/lab/";
    private static final String OWNED = "/srv/lab/";

    /** The server insists on owning its key; the image's own entry point, behind, starts it as an ordinary user. */
    private static final String ENTRY_POINT = "install -d -o postgres " + OWNED + " && install -o postgres -m 600 "
            + COPIED + "* " + OWNED + " && exec docker-entrypoint.sh postgres \"$@\"";

    /** For the service loader. */
    public ContainerServers() {}

    @Override
    public String name() {
        return "testcontainers";
    }

    @Override
    public Instance start(Order order) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(PROPERTY + ": " + name() + ", but no Docker daemon answers"
                    + " (expected: one at DOCKER_HOST or /var/run/docker.sock; or " + EMBEDDED + ", the default)");
        }
        var container = new GenericContainer<>(DockerImageName.parse("postgres:" + order.major()))
                .withExposedPorts(PORT)
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                .withEnv("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C.UTF-8")
                .withCopyToContainer(
                        Transferable.of("create role " + order.admin() + " superuser login replication"),
                        "/docker-entrypoint-initdb.d/lab.sql")
                .withCopyToContainer(
                        Transferable.of("local all all trust\n" + String.join("\n", order.hba()) + "\n"),
                        COPIED + "pg_hba.conf")
                .withCreateContainerCmdModifier(
                        command -> command.withEntrypoint("sh", "-c", ENTRY_POINT, "entry-point"))
                .withCommand(arguments(order))
                // The first time is the image's own, while it makes the database.
                .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*", 2));
        order.files()
                .forEach((file, path) ->
                        container.withCopyFileToContainer(MountableFile.forHostPath(path), COPIED + file));
        container.start();
        return new Running(container);
    }

    private static String[] arguments(Order order) {
        List<String> arguments = new ArrayList<>();
        order.settings().forEach((name, value) -> {
            if (!name.equals("unix_socket_directories") && !name.equals("listen_addresses")) {
                arguments.add("-c");
                arguments.add(name + "=" + (order.files().containsKey(value) ? OWNED + value : value));
            }
        });
        arguments.addAll(List.of("-c", "listen_addresses=*", "-c", "hba_file=" + OWNED + "pg_hba.conf"));
        return arguments.toArray(String[]::new);
    }

    private record Running(GenericContainer<?> container) implements Instance {
        @Override
        public String host() {
            return container.getHost();
        }

        @Override
        public int port() {
            return container.getMappedPort(PORT);
        }

        @Override
        public String log() {
            return container.getLogs();
        }

        @Override
        public void close() {
            container.close();
        }
    }
}
