package io.pgweir.session;

/**
 * How much a tracker keeps of what flows by.
 *
 * @param parameterBytesMax bytes kept of each bound value; 0 keeps no value at all, only types, formats and lengths
 * @param copySha256 whether COPY streams are hashed; costs about a nanosecond for each two bytes
 */
public record TrackerOptions(int parameterBytesMax, boolean copySha256) {
    /** No values, every COPY hashed. */
    public static final TrackerOptions DEFAULT = new TrackerOptions(0, true);
}
