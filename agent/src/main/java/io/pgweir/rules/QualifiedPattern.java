package io.pgweir.rules;

import org.jspecify.annotations.Nullable;

/**
 * Relations or functions by name, as PostgreSQL folds names: {@code schema.name}, or {@code name} in any schema.
 *
 * @param schema null for any
 */
public record QualifiedPattern(@Nullable NamePattern schema, NamePattern name) {

    /** A name without a schema may be the one that is meant: that depends on {@code search_path}. */
    Likeness compare(@Nullable String ofSchema, String ofName) {
        if (!name.matches(ofName)) {
            return Likeness.NONE;
        }
        if (schema == null) {
            return Likeness.CERTAIN;
        }
        if (ofSchema == null) {
            return Likeness.LIKELY;
        }
        return schema.matches(ofSchema) ? Likeness.CERTAIN : Likeness.NONE;
    }

    @Override
    public String toString() {
        return schema == null ? name.text() : schema + "." + name;
    }
}
