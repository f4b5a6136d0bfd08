package io.pgweir.auth;

/** Where secrets of roles are read, one at a time and waiting for it: {@link CachedVerifiers} is what others ask. */
public interface RoleSource extends AutoCloseable {

    /** On a thread that may wait. A source that fails says so in the answer. */
    Lookup read(String user, String database) throws InterruptedException;

    /** Whether a role of one name may be another in another database, as in no PostgreSQL. */
    default boolean isPerDatabase() {
        return false;
    }

    @Override
    default void close() {}
}
