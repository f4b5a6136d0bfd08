package io.pgweir.cli;

import io.pgweir.audit.file.StdoutSink;

/** Words in colour where people read them on a terminal. */
final class Colours {
    private final boolean shown;

    private Colours(boolean shown) {
        this.shown = shown;
    }

    static Colours ofTerminal() {
        return new Colours(StdoutSink.isTerminal());
    }

    String red(String text) {
        return in("31", text);
    }

    String green(String text) {
        return in("32", text);
    }

    String yellow(String text) {
        return in("33", text);
    }

    private String in(String code, String text) {
        return shown ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
