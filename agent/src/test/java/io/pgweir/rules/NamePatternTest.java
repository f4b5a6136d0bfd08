package io.pgweir.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "secret, secret, true",
        "secret, Secret, false",
        "*, '', true",
        "dba_*, dba_, true",
        "dba_*, dba, false",
        "*_log, audit_log, true",
        "*_log, audit_log_2, false",
        "a*b*c, aXbXbc, true",
        "?, '', false",
        "t?, t1, true",
    })
    void aStarIsAnyNumberOfCharacters(String pattern, String name, boolean expected) {
        assertThat(new NamePattern(pattern).matches(name)).isEqualTo(expected);
    }

    @Property(tries = 500)
    void itMatchesWhatTheRegularExpressionMatches(
            @ForAll @Chars({'a', 'b', '*', '?'}) @StringLength(max = 8) String pattern,
            @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 10) String name) {
        // Given
        Pattern expected = Pattern.compile(pattern.replace("*", ".*").replace('?', '.'));

        // Then
        assertThat(new NamePattern(pattern).matches(name))
                .isEqualTo(expected.matcher(name).matches());
    }
}
