package io.pgweir.lab;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL servers that Maven copied to {@code lab/target/servers/postgres-<major>.jar}, unpacked once per build
 * directory, and one freshly initialised data directory of each as a template. Safe between threads and between JVMs:
 * whoever is first renames a finished directory into place, the others find it there.
 */
final class PgBinaries {

    /** A superuser that every server of the lab knows besides {@code postgres}; trusted whatever the test's hba says. */
    static final String ADMIN = "lab";

    private PgBinaries() {}

    /** The directory that holds {@code bin/postgres} of the given major version. */
    static Path home(int major) {
        Path servers = root().resolve("lab/target/servers");
        Path home = servers.resolve("postgres-" + major);
        return Files.exists(home.resolve("bin/postgres"))
                ? home
                : make(home, scratch -> unpack(servers.resolve("postgres-" + major + ".jar"), scratch));
    }

    /** A data directory as initdb leaves it, never started: copy it, do not touch it. */
    static Path template(int major) {
        Path home = home(major);
        Path template = home.resolveSibling("template-" + major);
        return Files.exists(template.resolve("data/PG_VERSION"))
                ? template.resolve("data")
                : make(template, scratch -> initialise(home, scratch)).resolve("data");
    }

    /** Prefixes a command so that PostgreSQL agrees to run when we are root: in a user namespace it sees another uid. */
    static List<String> asOrdinaryUser() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of();
    }

    /** The checkout: the system property {@code pgweir.root}, else the nearest parent of our classes that holds {@code lab/pom.xml}. */
    static Path root() {
        String property = System.getProperty("pgweir.root");
        if (property != null) {
            return Path.of(property);
        }
        var source = PgBinaries.class.getProtectionDomain().getCodeSource();
        for (Path p = Path.of(source.getLocation().getPath()); p != null; p = p.getParent()) {
            if (Files.exists(p.resolve("lab/pom.xml"))) {
                return p;
            }
        }
        throw new IllegalStateException("no checkout above " + source.getLocation() + " (set -Dpgweir.root)");
    }

    private interface Step {
        void run(Path scratch) throws IOException;
    }

    private static Path make(Path target, Step step) {
        try {
            Path scratch = Files.createTempDirectory(target.getParent(), "unfinished-");
            Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
            step.run(scratch);
            try {
                Files.move(scratch, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException somebodyWasFaster) {
                Trees.delete(scratch);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(Path jar, Path scratch) throws IOException {
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing (expected: mvn generate-resources copies it there)");
        }
        try (var zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(jar), 1 << 16))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".txz")) {
                    untar(zip, scratch);
                    return;
                }
            }
        }
        throw new IOException(jar + " holds no .txz");
    }

    private static void untar(InputStream txz, Path scratch) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(txz))) {
            for (@Nullable TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
                Path path = scratch.resolve(e.getName()).normalize();
                if (!path.startsWith(scratch)) {
                    throw new IOException("entry outside of the archive: " + e.getName());
                }
                if (e.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (e.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(e.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean executable = (e.getMode() & 0111) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void initialise(Path home, Path scratch) throws IOException {
        Path data = scratch.resolve("data");
        run(
                scratch,
                "",
                home + "/bin/initdb",
                "-D",
                data + "",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions");
        run(
                scratch,
                "create role " + ADMIN + " superuser replication login\n",
                home + "/bin/postgres",
                "--single",
                "-F",
                "-D",
                data + "",
                "postgres");
    }

    private static void run(Path scratch, String input, String... command) throws IOException {
        var line = new java.util.ArrayList<>(asOrdinaryUser());
        line.addAll(List.of(command));
        Path log = scratch.resolve("log");
        var builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try (var stdin = process.outputWriter()) {
            stdin.write(input);
        }
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", line) + ": " + Files.readString(log));
        }
    }
}
