package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cursors that DECLARE may have opened, by name: all that a name was declared for within the transaction. */
final class Cursors {
    static final int NAMES_MAX = 1024;

    private final Map<String, Meant> declared = new HashMap<>(0);

    /** Whether one of them may outlive its transaction. */
    private boolean held;

    void onDeclare(SqlStatement statement) {
        String name = statement.cursorName();
        if (name == null) {
            return;
        }
        if (declared.size() >= NAMES_MAX) {
            // Whoever asks for one of them now hears that it may be anything.
            declared.clear();
        }
        declared.computeIfAbsent(name, any -> new Meant()).add(statement);
        held |= isHeld(statement);
    }

    /** Whether the cursor may outlive its transaction. */
    static boolean isHeld(SqlStatement declare) {
        return declare.normalized().toUpperCase(Locale.ROOT).contains(" WITH HOLD ");
    }

    /** Null where none of this name was declared, or nobody knows any more. */
    @Nullable
    Meant get(String name) {
        return declared.get(name);
    }

    /** The server is in no transaction, and owes no answer. */
    void endTransaction() {
        if (!held) {
            declared.clear();
        }
    }
}
