package io.pgweir.rules;

/**
 * A name, or a glob: {@code *} is any number of characters, {@code ?} is one. Linear in the product of both lengths at worst;
 * allocates nothing. Case counts: names are folded before.
 */
public record NamePattern(String text) {

    public boolean isGlob() {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    public boolean matches(String name) {
        return isGlob() ? globs(name) : text.equals(name);
    }

    /** Two marks and no recursion: where it fails, the last star takes one character more. */
    private boolean globs(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starIn = 0;
        while (in < name.length()) {
            char wanted = at < text.length() ? text.charAt(at) : 0;
            if (wanted == '*') {
                star = at++;
                starIn = in;
            } else if (at < text.length() && (wanted == '?' || wanted == name.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++starIn;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == '*') {
            at++;
        }
        return at == text.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
