package io.pgweir.wire.copy;

import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The client encodings in which the second byte of a character may look like ASCII: a backslash or quote there is none.
 *
 * <p>GB18030's four-byte characters are two such pairs.
 */
public final class LeadBytes {
    private LeadBytes() {}

    /** By unsigned byte, whether it begins a pair; null for an encoding where ASCII bytes always mean themselves. */
    public static boolean @Nullable [] of(Charset clientEncoding) {
        return switch (clientEncoding.name().toLowerCase(Locale.ROOT)) {
            case "windows-31j", "x-sjis_0213" -> shiftJis();
            case "gbk", "gb18030", "x-windows-950", "x-windows-949", "x-johab" -> all();
            default -> null;
        };
    }

    private static boolean[] all() {
        boolean[] leads = new boolean[256];
        for (int lead = 0x80; lead <= 0xff; lead++) {
            leads[lead] = true;
        }
        return leads;
    }

    /** As {@link #all}, without the half-width katakana, which have one byte. */
    private static boolean[] shiftJis() {
        boolean[] leads = all();
        for (int katakana = 0xa1; katakana <= 0xdf; katakana++) {
            leads[katakana] = false;
        }
        return leads;
    }
}
