package io.pgweir.auth;

import com.ongres.stringprep.Tables;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * Passwords as PostgreSQL prepares them (pg_saslprep, RFC 4013): where that fails, the bytes as they are. Like PostgreSQL it looks
 * for what is forbidden before the normalisation, not after it.
 */
final class SaslPrep {
    private SaslPrep() {}

    /** UTF-8. */
    static byte[] bytes(String password) {
        boolean ascii = password.chars().allMatch(character -> character < 0x80);
        return (ascii ? password : prepared(password)).getBytes(StandardCharsets.UTF_8);
    }

    private static String prepared(String password) {
        int[] mapped = password.codePoints()
                .map(point -> Tables.prohibitionNonAsciiSpace(point) ? ' ' : point)
                .filter(point -> !Tables.mapToNothing(point))
                .toArray();
        if (mapped.length == 0 || isForbidden(mapped) || isMixed(mapped)) {
            return password;
        }
        return Normalizer.normalize(new String(mapped, 0, mapped.length), Normalizer.Form.NFKC);
    }

    private static boolean isForbidden(int[] points) {
        for (int point : points) {
            if (Tables.prohibitionAsciiControl(point)
                    || Tables.prohibitionNonAsciiControl(point)
                    || Tables.prohibitionPrivateUse(point)
                    || Tables.prohibitionNonCharacterCodePoints(point)
                    || Tables.prohibitionSurrogateCodes(point)
                    || Tables.prohibitionInappropriatePlainText(point)
                    || Tables.prohibitionInappropriateCanonicalRepresentation(point)
                    || Tables.prohibitionChangeDisplayProperties(point)
                    || Tables.prohibitionTaggingCharacters(point)
                    || Tables.unassignedCodePoints(point)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 3454 section 6: right-to-left from the first character to the last, or not at all. */
    private static boolean isMixed(int[] points) {
        boolean rightToLeft = false;
        boolean leftToRight = false;
        for (int point : points) {
            rightToLeft |= Tables.bidirectionalPropertyRorAL(point);
            leftToRight |= Tables.bidirectionalPropertyL(point);
        }
        return rightToLeft
                && (leftToRight
                        || !Tables.bidirectionalPropertyRorAL(points[0])
                        || !Tables.bidirectionalPropertyRorAL(points[points.length - 1]));
    }
}
