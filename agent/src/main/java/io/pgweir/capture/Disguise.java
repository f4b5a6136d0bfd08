package io.pgweir.capture;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values that stand for others: equal ones for equal ones, of the same length, letters for letters and digits for digits, and nobody
 * tells which without the key. That is random, one for each capture, and gone with it.
 *
 * <pre>
 *   seed    first 8 bytes of HMAC-SHA256(key, value)
 *   value   a letter or digit from each step of SplitMix64 from there; other ASCII characters stay
 * </pre>
 *
 * A seed tells nothing of key and value, so whoever finds it out of what it made has gained nothing. One thread.
 */
public final class Disguise {
    /** What {@link CaptureHeader.Options#redaction} says of it. */
    public static final String NAME = "values";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    /** None that makes another token of the digits before it, or of the quote behind it. */
    private static final String LETTERS_BEHIND_DIGITS = "acdfghijklmpqrstvwyz";

    private static final String HEX_LETTERS = "abcdef";
    private static final int TEXT = 0;

    private final Mac mac;

    /** What the next letter or digit is made of. */
    private long state;

    /** No letter or digit of the value was seen. */
    private boolean first;

    Disguise(byte[] key) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has " + ALGORITHM, impossible);
        }
    }

    static byte[] newKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    /** @param charset in which the value is as long as what stands for it */
    public String text(String value, Charset charset) {
        return of(value, charset, TEXT);
    }

    /** Of a number, without what says its radix. */
    public String digits(String value, int radix) {
        return of(value, StandardCharsets.UTF_8, radix);
    }

    private String of(String value, Charset charset, int radix) {
        byte[] bytes = value.getBytes(charset);
        begin(bytes, 0, bytes.length);
        StringBuilder out = new StringBuilder(bytes.length);
        for (int at = 0; at < value.length(); ) {
            int c = value.codePointAt(at);
            at += Character.charCount(c);
            int length = c < 0x80 ? 1 : charset.equals(StandardCharsets.UTF_8) ? utf8(c) : encoded(c, charset);
            for (int i = 0; i < length; i++) {
                out.append((char) next(c, radix));
            }
        }
        return out.toString();
    }

    private static int utf8(int c) {
        return c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    private static int encoded(int c, Charset charset) {
        return Character.toString(c).getBytes(charset).length;
    }

    /** In place. */
    public void text(byte[] bytes, int from, int to) {
        begin(bytes, from, to);
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) next(bytes[i] & 0xff, TEXT);
        }
    }

    /** In place, rows of COPY for one: each run of letters and digits is a value, and NULL stays NULL. */
    public void words(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int start = at;
            while (at < to && isPart(bytes[at])) {
                at++;
            }
            if (at > start) {
                text(bytes, start, at);
            } else {
                at += isNull(bytes, at, to) ? 2 : 1;
            }
        }
    }

    private static boolean isNull(byte[] bytes, int at, int to) {
        return at + 1 < to && bytes[at] == '\\' && bytes[at + 1] == 'N' && (at + 2 == to || !isPart(bytes[at + 2]));
    }

    private static boolean isPart(byte b) {
        return b < 0 || (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
    }

    /** In place: no byte stays what it was, but by chance. */
    public void binary(byte[] bytes, int from, int to) {
        begin(bytes, from, to);
        for (int i = from; i < to; i++) {
            bytes[i] = (byte) step();
        }
    }

    /** Of an answer: equal where it was. */
    public long checksum(long of) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(of).array();
        begin(bytes, 0, bytes.length);
        return state;
    }

    private void begin(byte[] bytes, int from, int to) {
        mac.update(bytes, from, to - from);
        state = ByteBuffer.wrap(mac.doFinal()).getLong();
        first = true;
    }

    private long step() {
        state += GOLDEN;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private int choice(int among) {
        return (int) Long.remainderUnsigned(step(), among);
    }

    private int next(int c, int radix) {
        if (c >= '0' && c <= '9') {
            int digits = radix == 2 || radix == 8 ? radix : 10;
            int digit = first ? 1 + choice(digits - 1) : choice(digits);
            first = false;
            return '0' + digit;
        }
        int lower = c | 0x20;
        if (c >= 0x80) {
            first = false;
            return letter(LETTERS);
        }
        if (lower < 'a' || lower > 'z' || (radix == 10 && lower == 'e')) {
            return c;
        }
        first = false;
        String among = radix == TEXT
                ? LETTERS
                : radix == 16 && HEX_LETTERS.indexOf(lower) >= 0 ? HEX_LETTERS : LETTERS_BEHIND_DIGITS;
        return letter(among) ^ (c ^ lower);
    }

    private int letter(String among) {
        return among.charAt(choice(among.length()));
    }
}
