package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import org.jspecify.annotations.Nullable;

/** What a statement that succeeded does to the session's prepared statements and portals. */
final class TagEffects {
    private final Names names;
    private final Scripts scripts;

    TagEffects(Names names, Scripts scripts) {
        this.names = names;
        this.scripts = scripts;
    }

    /**
     * Applies what {@code tag} says to the names.
     *
     * @return whether every portal has ended
     */
    boolean endsPortals(String tag, @Nullable SqlStatement statement, @Nullable Opinion opinion) {
        return switch (tag) {
            case "PREPARE" -> prepare(statement, opinion);
            case "DEALLOCATE" -> deallocate(statement);
            case "DEALLOCATE ALL" -> {
                names.forgetNamedStatements();
                yield false;
            }
            case "DISCARD ALL" -> {
                names.forgetNamedStatements();
                names.forgetCursors();
                yield true;
            }
            case "DECLARE CURSOR" -> declare(statement);
            case "CLOSE CURSOR" -> close(statement);
            case "CLOSE CURSOR ALL" -> {
                names.forgetCursors();
                yield false;
            }
            case "COMMIT", "PREPARE TRANSACTION" -> true;
            case "ROLLBACK" -> rollback(statement);
            default -> false;
        };
    }

    /** Of cursors that were declared behind a savepoint, nobody here knows which: their names may be others' now. */
    private boolean rollback(@Nullable SqlStatement statement) {
        boolean ends = statement != null && statement.kind() != StatementKind.ROLLBACK_TO;
        if (!ends) {
            names.forgetCursors();
        }
        return ends;
    }

    private boolean prepare(@Nullable SqlStatement statement, @Nullable Opinion opinion) {
        String name = statement == null ? null : statement.preparedName();
        String text = statement == null ? null : statement.preparedText();
        if (name != null && text != null) {
            names.prepare(new PreparedStatement(
                    name, QueryText.whole(text), scripts.single(text), RequestQueue.NO_TYPES, opinion, null));
        }
        return false;
    }

    private boolean deallocate(@Nullable SqlStatement statement) {
        String name = statement == null ? null : statement.preparedName();
        if (name != null) {
            names.forgetStatement(name);
        }
        return false;
    }

    private boolean declare(@Nullable SqlStatement statement) {
        if (statement == null) {
            // Whose name it took, nobody knows.
            names.forgetCursors();
        } else {
            names.declare(statement);
        }
        return false;
    }

    private boolean close(@Nullable SqlStatement statement) {
        String name = statement == null ? null : statement.cursorName();
        if (name == null) {
            names.forgetCursors();
        } else {
            names.forgetCursor(name);
        }
        return false;
    }
}
