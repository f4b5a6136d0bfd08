package io.pgweir.rules.when;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgweir.rules.Asker;
import io.pgweir.rules.Key;
import io.pgweir.rules.Meter;
import io.pgweir.rules.Metered;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.Truth;
import io.pgweir.session.Parameters;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.facts.FactsCache;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
    private final Question question = new Question(
            new Asker(new UUID(0, 1), "bob", "orders", "psql", null, "main", "main", true, "scram-sha-256", 0));

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "session.user == 'bob' ; YES",
                "session.user.startsWith('al') ; NO",
                "session.tls && session.database in ['orders', 'x'] ; YES",
                "statement.has_where ; NO",
                "statement.reads == ['a', 'public.b'] ; YES",
                "'public.b' in statement.reads && statement.joins > 0 ; YES",
                "statement.class == 'READ' && statement.command == 'SELECT' ; YES",
                "statement.count == 1 && statement.position == 0 ; YES",
                "result.rows > 10 ; YES",
                "now > timestamp('2026-01-01T00:00:00Z') ; YES",
                "now - session.start > duration('1h') ; YES",
                "session.address == '' ; YES",
                "result.rows / (result.rows - 11) > 0 ; UNKNOWN",
                "transaction.executions > 1 ; UNKNOWN",
                "session.user == 'bob' || transaction.executions > 1 ; YES",
            })
    void anExpressionIsAskedOfTheQuestion(String text, Truth expected) throws ExpressionException {
        // Given
        ask("select * from a, public.b");
        question.onProgress(11, 100);

        // Then
        assertThat(Expression.of(text, Moment.RESULT).ask(question)).isEqualTo(expected);
    }

    @Test
    void whatAnUnreadStatementLeavesOpenIsUnknown() throws ExpressionException {
        // Given
        ask("do $$ begin end $$");

        // Then
        assertThat(Expression.of("'a' in statement.reads", Moment.STATEMENT).ask(question))
                .isEqualTo(Truth.UNKNOWN);
        assertThat(Expression.of("statement.complete", Moment.STATEMENT).ask(question))
                .isEqualTo(Truth.NO);
    }

    @Test
    void parametersAreTextInEitherFormat() throws ExpressionException {
        // Given
        ask("select $1, $2, $3");
        question.onParameters(
                new Parameters(new int[] {23, 25, 23}, new byte[] {1, 0, 1}, new int[] {4, 1, -1}, new byte[][] {
                    {0, 0, 1, 0}, {'x'}, {}
                }),
                StandardCharsets.UTF_8);

        // Then
        assertThat(Expression.of("bind.values == ['256', 'x', null] && bind.count == 3", Moment.BIND)
                        .ask(question))
                .isEqualTo(Truth.YES);
    }

    @Test
    void aParameterThatWasNotKeptWholeIsUnknown() throws ExpressionException {
        // Given
        ask("select $1");
        question.onParameters(
                new Parameters(new int[] {25}, new byte[1], new int[] {100}, new byte[][] {{'x'}}),
                StandardCharsets.UTF_8);

        // Then
        assertThat(Expression.of("bind.values[0] == 'x'", Moment.BIND).ask(question))
                .isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void aBudgetIsAskedOfTheMeter() throws ExpressionException {
        // Given
        Expression expression = Expression.of("budget.rows('user', '1h') > 100", Moment.STATEMENT);
        ask("select 1");

        // Then
        assertThat(expression.metered()).containsExactly(new Metered(Key.USER, Duration.ofHours(1)));
        assertThat(expression.ask(question)).isEqualTo(Truth.UNKNOWN);

        // When
        question.meteredBy(new Meter() {
            @Override
            public long rows(Key key, Duration window, Question question) {
                return window.toMinutes() + 41;
            }

            @Override
            public long bytes(Key key, Duration window, Question question) {
                return 0;
            }
        });

        // Then
        assertThat(expression.ask(question)).isEqualTo(Truth.YES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "sesion.user == 'bob' ; 1 ; unknown name `sesion.user`, did you mean `session.user`?",
                "true && statement.has_wher ; 9 ; unknown name `statement.has_wher`, did you mean `statement.has_where`?",
                "session.user == 1 ; 14 ; no matching overload",
                "session.user ; 8 ; expected type 'bool'",
                "result.rows > 1 ; 7 ; `result.rows` is not known at statement",
                "budget.rows('user', session.user) > 1 ; 12 ; a budget of something else",
                "budget.rows('usr', '1h') > 1 ; 12 ; a budget of something else",
                "true && ; 8 ; mismatched input",
            })
    void aTypoIsToldWithItsColumn(String text, int column, String message) {
        assertThatExceptionOfType(ExpressionException.class)
                .isThrownBy(() -> Expression.of(text, Moment.STATEMENT))
                .satisfies(fault -> {
                    assertThat(fault.problems().getFirst().message()).contains(message);
                    assertThat(fault.problems().getFirst().line()).isEqualTo(1);
                    assertThat(fault.problems().getFirst().column()).isEqualTo(column);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c,"
                        + " [0,1,2,3,4,5,6,7,8,9].all(d, [0,1,2,3,4,5,6,7,8,9].all(e, a + b + c + d + e >= 0)))))",
            })
    void workIsBounded(String text) throws ExpressionException {
        assertThat(Expression.of(text, Moment.SESSION).ask(question)).isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void textIsBounded() {
        assertThatExceptionOfType(ExpressionException.class)
                .isThrownBy(() -> Expression.of("true" + " || true".repeat(5_000), Moment.SESSION));
        assertThatExceptionOfType(ExpressionException.class)
                .isThrownBy(() -> Expression.of("(".repeat(2_000) + "true" + ")".repeat(2_000), Moment.SESSION));
    }

    private void ask(String sql) {
        question.begin(1_800_000_000_000_000L);
        question.onStatement(new FactsCache(1 << 20)
                .of(SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst()));
    }
}
