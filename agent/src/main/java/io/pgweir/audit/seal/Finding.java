package io.pgweir.audit.seal;

/**
 * One thing that is not as it should be.
 *
 * @param chain empty where nobody can tell
 * @param first number of the first record that it is about; 0 where nobody can tell
 * @param last number of the last one
 * @param location where to look; empty where there is nothing to look at
 * @param text for people, without the chain and the location
 */
public record Finding(Kind kind, String chain, long first, long last, String location, String text) {
    /** What it means; the names are those of {@code --json} in lower case. */
    public enum Kind {
        /** No record could be made of it. */
        UNREADABLE,
        /** A record that is in no chain. */
        UNSEALED,
        /** A record whose hash is not its own. */
        EDITED,
        /** Records that are not there. */
        MISSING,
        /** A record behind a later one. */
        REORDERED,
        /** Two records with one number. */
        CONFLICT,
        /** A record that names another hash than the one before it has. */
        UNLINKED,
        /** A checkpoint that does not cover what it should, or is not over these records. */
        CHECKPOINT,
        /** A checkpoint that is not signed as it should be. */
        SIGNATURE,
        /** A chain that does not go on from where the one before ended. */
        RESUME,
        /** A value that is not what was committed to. */
        OPENED
    }
}
