package io.pgweir.cli;

import io.pgweir.capture.CaptureRecord.Response;
import org.jspecify.annotations.Nullable;

/** One answer in a few words. */
final class ReplayAnswer {
    private ReplayAnswer() {}

    static String text(@Nullable Response response) {
        if (response == null) {
            return "no answer";
        }
        if (!response.sqlState().isEmpty()) {
            return "error " + response.sqlState();
        }
        String tag = response.tag().isEmpty() ? "answered" : response.tag();
        return tag + ", " + response.rows() + (response.rows() == 1 ? " row " : " rows ")
                + Long.toHexString(response.unordered());
    }
}
