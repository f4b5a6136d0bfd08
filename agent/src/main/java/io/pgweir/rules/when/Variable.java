package io.pgweir.rules.when;

import dev.cel.common.types.CelType;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an expression may name.
 *
 * @param value null where the question does not have it, which makes whatever depends on it unknown
 */
record Variable(String name, CelType type, Scope scope, Function<Question, @Nullable Object> value) {

    /** At which moments the value can be there. */
    enum Scope {
        ALWAYS,
        STATEMENT,
        BIND,
        RESULT,
        COPY;

        boolean holds(Moment moment) {
            return switch (this) {
                case ALWAYS -> true;
                case STATEMENT -> moment != Moment.SESSION && moment != Moment.TRANSACTION_END;
                case BIND -> moment == Moment.BIND;
                case RESULT -> moment == Moment.RESULT;
                case COPY -> moment == Moment.COPY;
            };
        }
    }
}
