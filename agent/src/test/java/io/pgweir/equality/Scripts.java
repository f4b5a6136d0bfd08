package io.pgweir.equality;

import java.util.List;
import java.util.stream.Stream;

/** All scripts, in the order of the manual: start, simple, extended, COPY, the rest, the types. */
final class Scripts {

    private Scripts() {}

    static List<Script> all() {
        return Stream.of(
                        StartupScripts.all(),
                        SimpleScripts.all(),
                        ExtendedScripts.all(),
                        CopyScripts.all(),
                        SessionScripts.all(),
                        TypeScripts.all())
                .flatMap(List::stream)
                .toList();
    }
}
