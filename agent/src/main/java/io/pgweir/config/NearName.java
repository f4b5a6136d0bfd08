package io.pgweir.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was meant: the nearest by edits (insert, delete, replace, swap of neighbours), if near enough. */
public final class NearName {
    /** Longer words are not compared: the cost is the product of both lengths. */
    private static final int LENGTH_MAX = 64;

    private NearName() {}

    static Optional<String> of(String word, Collection<String> known) {
        if (word.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        String kebab = word.toLowerCase(Locale.ROOT).replace('_', '-');
        return known.stream()
                .filter(name -> edits(kebab, name.replace('_', '-')) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(name -> edits(kebab, name.replace('_', '-'))));
    }

    /** {@code , did you mean `x`?} or nothing: the end of a sentence. */
    public static String hint(String word, Collection<String> known) {
        return of(word, known).map(name -> ", did you mean `" + name + "`?").orElse("");
    }

    /** Optimal string alignment distance. */
    static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(a, b, cost, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(String a, String b, int[][] cost, int i, int j) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, 1 + cost[i - 2][j - 2]) : least;
    }
}
