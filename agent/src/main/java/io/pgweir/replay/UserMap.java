package io.pgweir.replay;

import io.pgweir.auth.Password;
import io.pgweir.config.Faults;
import io.pgweir.config.Section;
import io.pgweir.config.YamlFile;
import io.pgweir.replay.Logins.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads who logs in for whom.
 *
 * <pre>
 * users:
 *   app: {user: app_copy, password-file: app.secret}
 * others: {user: replay, password-file: replay.secret}
 * </pre>
 *
 * Each key may be absent: a session logs in as who it was, without a password. Files are found from the one that names them.
 */
public final class UserMap {
    private static final int CHARS_MAX = 1 << 20;

    private final Path directory;

    private UserMap(Path directory) {
        this.directory = directory;
    }

    /** Of no use where there are faults. */
    public static Logins read(Path file, Faults faults) {
        String text = YamlFile.text(file, CHARS_MAX, faults);
        if (!faults.found().isEmpty()) {
            return Logins.OWN;
        }
        Section root = YamlFile.root(file.toString(), text, CHARS_MAX, "`users`", faults);
        if (root == null) {
            return Logins.OWN;
        }
        Path parent = file.toAbsolutePath().getParent();
        UserMap reader = new UserMap(parent == null ? Path.of("") : parent);
        Map<String, Login> users = root.named("users", reader::login);
        Section others = root.section("others");
        Login rest = others == null ? Logins.OWN.others() : reader.login(others);
        root.endNotEmpty();
        return new Logins(users, rest);
    }

    private Login login(Section section) {
        String user = section.text("user");
        String file = section.text("password-file");
        section.endNotEmpty();
        return new Login(user.isEmpty() ? null : user, file.isEmpty() ? null : password(section, file));
    }

    private @Nullable Password password(Section section, String file) {
        try {
            return password(directory.resolve(file));
        } catch (IOException | IllegalArgumentException unreadable) {
            section.fault(
                    "password-file",
                    "password-file: " + unreadable.getMessage() + " (expected: a file with a password)");
            return null;
        }
    }

    /** A file's first line. */
    public static Password password(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || lines.getFirst().isEmpty()) {
            throw new IOException(file + " is empty");
        }
        return new Password(lines.getFirst());
    }
}
