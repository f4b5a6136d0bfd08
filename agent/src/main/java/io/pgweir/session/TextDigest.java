package io.pgweir.session;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;

/** SHA-256 and length of a text inside a message body that passes in pieces: what stands between two NULs. */
final class TextDigest {
    private static final int SCRATCH_BYTES = 4096;

    private final QueryText text;
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final MessageDigest digest = Sha256.begin();

    /** NULs still to be passed before the text begins: one for Parse, whose name comes first. */
    private int stringsBefore;

    private boolean ended;
    private long bytes;

    TextDigest(QueryText text, int stringsBefore) {
        this.text = text;
        this.stringsBefore = stringsBefore;
    }

    void add(ByteBuf buffer, int at, int length, boolean last) {
        int end = at + length;
        int index = at;
        while (!ended && index < end) {
            int nul = buffer.indexOf(index, end, (byte) 0);
            int stop = nul < 0 ? end : nul;
            if (stringsBefore == 0) {
                bytes += stop - index;
                Sha256.update(digest, buffer, index, stop - index, scratch);
            }
            if (nul >= 0) {
                ended = stringsBefore == 0;
                stringsBefore--;
            }
            index = stop + 1;
        }
        if (last) {
            text.bytes = bytes;
            text.sha256 = digest.digest();
        }
    }
}
