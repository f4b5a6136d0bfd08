package io.pgweir.capture;

import io.pgweir.capture.CaptureRecord.Gap;
import java.util.Locale;

/** Sentences about records. */
final class CaptureText {
    private CaptureText() {}

    static String of(Gap gap) {
        String whose = gap.session() == 0 ? "" : " of session " + gap.session();
        String why = gap.why().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return gap.messages() + " messages (" + gap.bytes() + " bytes)" + whose + " are not in it: " + why;
    }
}
