package io.pgweir.session;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Lexes under the rules that hold now. */
final class Scripts {
    private final BiFunction<String, LexicalRules, SqlScript> lexer;
    private final ServerSettings settings;

    Scripts(BiFunction<String, LexicalRules, SqlScript> lexer, ServerSettings settings) {
        this.lexer = lexer;
        this.settings = settings;
    }

    SqlScript of(String text) {
        return lexer.apply(text, settings.rules());
    }

    /** What {@code text} may be as well where the settings are not what the server told last. */
    Readings others(String text) {
        return Readings.of(text, settings.rules(), settings.charset());
    }

    /** What Parse or PREPARE makes of a text; null where it is empty. */
    @Nullable
    SqlStatement single(String text) {
        SqlScript script = of(text);
        return script.statements().isEmpty() ? null : script.statements().getFirst();
    }
}
