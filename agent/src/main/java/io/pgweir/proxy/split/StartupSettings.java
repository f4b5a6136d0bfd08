package io.pgweir.proxy.split;

import io.pgweir.routing.split.OwnSetting;
import io.pgweir.wire.StartupPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads what a startup packet sets of pgweir's own: parameters of that name, and {@code options} as a server's command line. */
final class StartupSettings {
    private StartupSettings() {}

    /** In the order in which a server applies them. */
    static List<OwnSetting> of(StartupPacket.Startup startup) {
        List<OwnSetting> found = new ArrayList<>(0);
        List<String> options = words(startup.parameter("options", ""));
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            if (option.equals("-c")) {
                i++;
                option = i < options.size() ? option + options.get(i) : option;
            }
            if (option.startsWith("-c") || option.startsWith("--")) {
                int equals = option.indexOf('=');
                if (equals > 0) {
                    add(option.substring(2, equals).replace('-', '_'), option.substring(equals + 1), found);
                }
            }
        }
        for (StartupPacket.Parameter parameter : startup.parameters()) {
            add(parameter.name(), parameter.value(), found);
        }
        return found;
    }

    private static void add(String name, String value, List<OwnSetting> found) {
        String folded = name.toLowerCase(Locale.ROOT);
        if (folded.startsWith("pgweir.")) {
            found.add(new OwnSetting(folded, value));
        }
    }

    /** Parted by blanks; a backslash makes one of what follows it. */
    private static List<String> words(String options) {
        List<String> words = new ArrayList<>(0);
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < options.length(); i++) {
            char next = options.charAt(i);
            if (Character.isWhitespace(next)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                boolean escapes = next == '\\' && i + 1 < options.length();
                word.append(escapes ? options.charAt(++i) : next);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}
