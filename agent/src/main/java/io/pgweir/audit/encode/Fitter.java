package io.pgweir.audit.encode;

import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.RecordFormat;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts records into a sink's words, and cuts those that a sink takes no more than so many bytes of. One thread.
 *
 * <p>A cut record has its long texts shortened, and as its last property what it was cut from:
 *
 * <pre>
 * "cut": {"length": bytes of the whole native record, "sha256": hex digest of them}
 * </pre>
 *
 * Its {@code prev} and {@code hash} are those of the whole: the chain goes on through it, but it is no proof of itself. Where
 * shorter texts do not do (a thousand parameters), what is left are the single values of its top level.
 */
public final class Fitter {
    /** Nothing smaller: what every record has at its top level takes most of this. */
    public static final int BYTES_MIN = 4 << 10;

    /** The chain's own texts (hashes, ids) are shorter, and stay whole. */
    private static final int TEXT_BYTES_MIN = 64;

    /** A buffer that one big record made larger than this is given back. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Fitter.class);

    private final RecordFormat format;
    private RecordBuffer buffer = new RecordBuffer(16 << 10);
    private boolean toldFault;

    public Fitter(RecordFormat format) {
        this.format = format;
    }

    /** All of {@code record}, however long. The array is nobody else's to change. */
    public byte[] whole(AuditRecord record) {
        if (format.equals(RecordFormat.NATIVE)) {
            return record.json();
        }
        buffer.reset();
        try {
            format.append(record, buffer);
        } catch (IllegalArgumentException fault) {
            // What has no such words is not lost, and does not stop the records behind it.
            tellFault(fault);
            return record.json();
        }
        byte[] words = Arrays.copyOf(buffer.array(), buffer.size());
        if (words.length > KEPT_BYTES_MAX) {
            buffer = new RecordBuffer(16 << 10);
        }
        return words;
    }

    /** The most of {@code record} that fits into {@code bytesMax}, which is at least {@link #BYTES_MIN}. */
    public byte[] cut(AuditRecord record, int bytesMax) {
        for (int text = bytesMax / 2; text >= TEXT_BYTES_MIN; text /= 2) {
            byte[] words = whole(RecordCut.texts(record, text));
            if (words.length <= bytesMax) {
                return words;
            }
        }
        return whole(RecordCut.bare(record, TEXT_BYTES_MIN));
    }

    /** Its head; an empty one of the type {@code unreadable} where it has none. */
    public static AuditRecord.Head head(AuditRecord record) {
        try {
            return record.head();
        } catch (IllegalArgumentException garbage) {
            return new AuditRecord.Head("", "unreadable", "", "", 0, null);
        }
    }

    private void tellFault(IllegalArgumentException fault) {
        if (!toldFault) {
            toldFault = true;
            LOG.atError().setCause(fault).log("audit record has no such format, it is delivered as it is; told once");
        }
    }
}
