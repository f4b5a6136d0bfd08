package io.pgweir.rules.file;

import io.pgweir.config.Faults;
import io.pgweir.config.YamlFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The packs that ship with pgweir: {@code rules/<name>/rules.yaml} of the source tree, on the class path. */
public final class Packs {
    public static final List<String> NAMES = List.of(
            "dangerous-functions",
            "destructive-guard",
            "exfiltration",
            "injection-signs",
            "noise",
            "pii-masking",
            "privilege-change");

    private Packs() {}

    /** @param name one of {@link #NAMES} */
    static String text(String name, Faults faults) {
        try (InputStream in = Packs.class.getResourceAsStream("/rules/" + name + "/rules.yaml")) {
            if (in == null) {
                throw new IllegalStateException("a pack that was not shipped: " + name);
            }
            return YamlFile.text(in, RuleFile.CHARS_MAX, faults);
        } catch (IOException e) {
            throw new IllegalStateException("a pack that cannot be read: " + name, e);
        }
    }
}
