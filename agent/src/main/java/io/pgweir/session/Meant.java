package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a name may stand for. On the session's event loop. */
final class Meant {
    /** Of so many statements nobody can tell any more which it is. */
    static final int STATEMENTS_MAX = 4096;

    /** The likeliest comes last. */
    final List<SqlStatement> statements = new ArrayList<>(1);

    /** It may stand for what is not told here. */
    boolean anything;

    /** What was thought of the Parses that gave it. */
    private List<Opinion> parsed = List.of();

    /** What was thought of the Binds that gave it, where it is a portal's name. */
    private List<Opinion> bound = List.of();

    /** Of one of its Parses nothing was thought. */
    private boolean plain;

    static Meant anything() {
        Meant meant = new Meant();
        meant.anything = true;
        return meant;
    }

    /** As this one, but for the statements. */
    Meant withoutStatements() {
        Meant meant = new Meant();
        meant.anything = anything;
        meant.plain = plain;
        meant.parsed = parsed;
        meant.bound = bound;
        return meant;
    }

    void add(@Nullable SqlStatement statement) {
        if (statement != null && !statements.contains(statement)) {
            statements.add(statement);
            if (statements.size() > STATEMENTS_MAX) {
                statements.clear();
                anything = true;
            }
        }
    }

    /** One that a Parse or PREPARE gave, of which {@code opinion} was thought. */
    void add(@Nullable SqlStatement statement, @Nullable Opinion opinion) {
        add(statement);
        plain |= opinion == null;
        parsed = with(parsed, opinion);
    }

    void add(@Nullable Meant other) {
        if (other != null) {
            anything |= other.anything;
            plain |= other.plain;
            other.statements.forEach(this::add);
            for (Opinion opinion : other.parsed) {
                parsed = with(parsed, opinion);
            }
            for (Opinion opinion : other.bound) {
                bound = with(bound, opinion);
            }
        }
    }

    /** Its one Parse is thought of now. */
    void onParsed(Opinion opinion) {
        plain = false;
        parsed = List.of(opinion);
    }

    void onBound(@Nullable Opinion opinion) {
        bound = with(bound, opinion);
    }

    /** Empty where nothing was thought of one of them. */
    List<Opinion> parsed() {
        return plain ? List.of() : parsed;
    }

    List<Opinion> bound() {
        return bound;
    }

    private static List<Opinion> with(List<Opinion> opinions, @Nullable Opinion opinion) {
        if (opinion == null || opinions.contains(opinion)) {
            return opinions;
        }
        List<Opinion> all = new ArrayList<>(opinions);
        all.add(opinion);
        return all.size() > STATEMENTS_MAX ? opinions : List.copyOf(all);
    }
}
