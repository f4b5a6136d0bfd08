package io.pgweir.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link of a page leads to a file that is there, and to a heading of it where it names one. */
class LinksTest {
    private static final Path ROOT = Path.of(System.getProperty("pgweir.root", ".."));
    private static final Pattern LINK = Pattern.compile("(?<!`)\\]\\(([^)\\s]+)\\)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```\\s*$");

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(String page) throws IOException {
        // Then
        assertThat(links(page).filter(link -> !leadsSomewhere(page, link)))
                .as(page)
                .isEmpty();
    }

    @Test
    void theIndexNamesEveryPageBesideIt() throws IOException {
        // Given
        Set<String> named = links("docs/README.md").collect(Collectors.toSet());

        // Then
        assertThat(pages().filter(page -> page.startsWith("docs/") && !page.equals("docs/README.md"))
                        .map(page -> page.substring("docs/".length()))
                        .filter(page -> !page.contains("/")))
                .allMatch(named::contains);
    }

    @Test
    void theIndexOfDecisionsNamesEachWithItsTitle() throws IOException {
        // Given
        String index = Files.readString(ROOT.resolve("docs/adr/README.md"));

        // Then
        for (String page :
                pages().filter(page -> page.matches("docs/adr/\\d.*")).toList()) {
            String title = headings(ROOT.resolve(page)).getFirst();
            assertThat(index).contains("[" + title + "](" + ROOT.resolve(page).getFileName() + ")");
        }
    }

    @Test
    void aLinkToNothingIsSeen() {
        // Then
        assertThat(leadsSomewhere("README.md", "docs/none.md")).isFalse();
        assertThat(leadsSomewhere("docs/admin.md", "configuration.md#none")).isFalse();
        assertThat(leadsSomewhere("docs/admin.md", "configuration.md#clusters-who-is-who"))
                .isTrue();
    }

    static Stream<String> pages() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            List<String> pages = files.filter(file -> file.toString().endsWith(".md"))
                    .map(file -> ROOT.relativize(file).toString())
                    .sorted()
                    .toList();
            return Stream.concat(Stream.of("README.md"), pages.stream());
        }
    }

    private static Stream<String> links(String page) throws IOException {
        String text = BLOCK.matcher(Files.readString(ROOT.resolve(page))).replaceAll("");
        return LINK.matcher(text).results().map(match -> match.group(1)).filter(link -> !link.contains("://"));
    }

    private static boolean leadsSomewhere(String page, String link) {
        String[] parts = link.split("#", 2);
        Path from = ROOT.resolve(page);
        Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        if (!Files.exists(file)) {
            return false;
        }
        return parts.length == 1
                || !file.toString().endsWith(".md")
                || headings(file).stream().map(LinksTest::anchor).anyMatch(parts[1]::equals);
    }

    private static List<String> headings(Path file) {
        try {
            return BLOCK.matcher(Files.readString(file))
                    .replaceAll("")
                    .lines()
                    .filter(line -> line.matches("#+ .*"))
                    .map(line -> line.replaceFirst("#+ ", ""))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\-_ ]", "")
                .replace(' ', '-');
    }
}
