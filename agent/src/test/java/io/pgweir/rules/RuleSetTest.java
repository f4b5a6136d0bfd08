package io.pgweir.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuleSetTest {
    private static final Action.Block BLOCK = new Action.Block("42501", "no", null, null);
    private static final List<Action> ACTIONS = List.of(
            BLOCK,
            new Action.Close("42501", "go", null),
            new Action.Limit(1, 1, "54000", "too much"),
            new Action.Rewrite.AtMost(1),
            new Action.Exclude(),
            new Action.Sample(0.5),
            new Action.Tag("a", "b"));
    private static final FactsCache FACTS = new FactsCache(1 << 20);

    private final Question question = question(new UUID(0, 1), "bob");

    @Test
    void everyRuleThatMatchesIsTold() {
        // Given
        RuleSet set = set(
                rule("all", Mode.ENFORCE, Match.ALWAYS),
                rule("bob", Mode.ENFORCE, new Match(List.of(user("bob")))),
                rule("eve", Mode.ENFORCE, new Match(List.of(user("eve")))),
                rule("deletes", Mode.SHADOW, new Match(List.of(command("DELETE")))));

        // When
        Verdict verdict = judge(set, "delete from t");

        // Then
        assertThat(verdict.hits()).extracting(Hit::rule).containsExactly("all", "bob", "deletes");
        assertThat(verdict.block()).isEqualTo(BLOCK);
        assertThat(verdict.set()).isSameAs(set);
        assertThat(judge(set, "select 1").hits()).extracting(Hit::rule).containsExactly("all", "bob");
    }

    @Test
    void aStatementThatWasJudgedBeforeAllocatesNothing() {
        // Given
        RuleSet set = set(
                rule("eve", Mode.ENFORCE, new Match(List.of(user("eve")))),
                rule("deletes", Mode.ENFORCE, new Match(List.of(command("DELETE")))));
        StatementFacts facts = facts("select a from t");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;

        // When
        for (int i = 0; i < 40_000; i++) {
            if (i == 20_000) {
                allocated = threads.getCurrentThreadAllocatedBytes();
            }
            question.begin(i);
            question.onStatement(facts);
            set.judge(Moment.STATEMENT, question);
        }

        // Then
        assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
                .as("less than one object a call")
                .isLessThan(20_000);
    }

    @Test
    void aRuleIsAskedAtItsMomentOnly() {
        // Given
        RuleSet set = set(rule("all", Mode.ENFORCE, Match.ALWAYS));

        // Then
        assertThat(set.looksAt(Moment.STATEMENT)).isTrue();
        assertThat(set.looksAt(Moment.RESULT)).isFalse();
        assertThat(set.judge(Moment.RESULT, question)).isSameAs(Verdict.NONE);
    }

    @Test
    void anotherApplicationNameIsAskedForAnew() {
        // Given
        RuleSet set = set(rule(
                "psql",
                Mode.ENFORCE,
                new Match(List.of(new AskerCriterion.Named(
                        "application", AskerCriterion.Part.APPLICATION, List.of(new NamePattern("psql")), false)))));

        // Then
        assertThat(judge(set, "select 1").hits()).isEmpty();

        // When
        question.asker().onApplication("psql");

        // Then
        assertThat(judge(set, "select 1").hits()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(OnUnknown.class)
    void whatCannotBeToldIsDoneAsTheRuleSays(OnUnknown onUnknown) {
        // Given
        Rule rule = new Rule(
                "limits",
                "why",
                null,
                Severity.HIGH,
                Mode.ENFORCE,
                1,
                Moment.STATEMENT,
                onUnknown,
                new Match(List.of(command("DELETE"))),
                null,
                List.of(ACTIONS.get(2)),
                List.of());
        question.begin(0);

        // When
        Verdict verdict = set(rule).judge(Moment.STATEMENT, question);

        // Then
        switch (onUnknown) {
            case MATCH -> assertThat(verdict.limits()).hasSize(1);
            case ALERT -> assertThat(verdict.strongest()).isInstanceOf(Action.Alert.class);
            case IGNORE -> assertThat(verdict).isSameAs(Verdict.NONE);
            case BLOCK -> {
                assertThat(verdict.block()).isNotNull();
                assertThat(verdict.limits()).isEmpty();
            }
        }
        assertThat(verdict.hits()).allMatch(Hit::unknown);
    }

    @Test
    void anExemptionEndsWithItsLastDay() {
        // Given
        Exemption exemption = new Exemption(
                LocalDate.parse("2026-03-31"), "a migration", "the owner", new Match(List.of(user("bob"))));
        Rule rule = new Rule(
                "blocks",
                "why",
                null,
                Severity.HIGH,
                Mode.ENFORCE,
                1,
                Moment.STATEMENT,
                OnUnknown.ALERT,
                Match.ALWAYS,
                null,
                List.of(BLOCK),
                List.of(exemption));
        RuleSet set = set(rule);

        // When
        question.begin(micros("2026-03-31T23:59:59Z"));
        Verdict before = set.judge(Moment.STATEMENT, question);
        question.begin(micros("2026-04-01T00:00:00Z"));
        Verdict after = set.judge(Moment.STATEMENT, question);

        // Then
        assertThat(before.block()).isNull();
        assertThat(before.hits().getFirst().exemption())
                .isEqualTo("a migration, until 2026-03-31, approved by the owner");
        assertThat(after.block()).isEqualTo(BLOCK);
        Question eve = question(new UUID(0, 2), "eve");
        eve.begin(micros("2026-03-31T23:59:59Z"));
        assertThat(set.judge(Moment.STATEMENT, eve).block()).isEqualTo(BLOCK);
    }

    @Test
    void aRolloutMeansItsShareOfSessionsAndAlwaysTheSame() {
        // Given
        Rule rule = new Rule(
                "blocks",
                "why",
                null,
                Severity.HIGH,
                Mode.ENFORCE,
                0.1,
                Moment.STATEMENT,
                OnUnknown.ALERT,
                Match.ALWAYS,
                null,
                List.of(BLOCK),
                List.of());
        RuleSet set = set(rule);
        int enforced = 0;

        // When
        for (int i = 0; i < 10_000; i++) {
            UUID session = new UUID(0x0190_0000_0000_7000L + i, 0x8000_0000_0000_0000L + i * 7919L);
            boolean first =
                    set.judge(Moment.STATEMENT, question(session, "bob")).block() != null;
            assertThat(set.judge(Moment.STATEMENT, question(session, "bob")).block() != null)
                    .isEqualTo(first);
            enforced += first ? 1 : 0;
        }

        // Then
        assertThat(enforced).isBetween(900, 1100);
    }

    @Property(tries = 300)
    void offAndShadowNeverFeedActions(
            @ForAll("rules") List<Rule> rules, @ForAll("statements") String sql, @ForAll("users") String user) {
        // Given
        Question asked = question(new UUID(3, user.hashCode()), user);
        asked.begin(0);
        asked.onStatement(facts(sql));
        List<Rule> enforced =
                rules.stream().filter(rule -> rule.mode() == Mode.ENFORCE).toList();

        // When
        Verdict all = set(rules.toArray(Rule[]::new)).judge(Moment.STATEMENT, asked);
        Verdict only = set(enforced.toArray(Rule[]::new)).judge(Moment.STATEMENT, asked);

        // Then
        assertThat(all.strongest()).isEqualTo(only.strongest());
        assertThat(all.block()).isEqualTo(only.block());
        assertThat(all.close()).isEqualTo(only.close());
        assertThat(all.rewrite()).isEqualTo(only.rewrite());
        assertThat(all.limits()).isEqualTo(only.limits());
        assertThat(all.tags()).isEqualTo(only.tags());
        assertThat(all.sample()).isEqualTo(only.sample());
        assertThat(all.isExcluded()).isEqualTo(only.isExcluded());
        assertThat(all.hits()).noneMatch(hit -> modeOf(hit, rules) == Mode.OFF);
    }

    private static Mode modeOf(Hit hit, List<Rule> rules) {
        return rules.stream()
                .filter(rule -> rule.id().equals(hit.rule()))
                .findFirst()
                .orElseThrow()
                .mode();
    }

    @Provide
    Arbitrary<String> statements() {
        return Arbitraries.of("select * from a", "delete from b", "do $$ $$", "drop table c", "insert into a select 1");
    }

    @Provide
    Arbitrary<String> users() {
        return Arbitraries.of("bob", "eve");
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        Arbitrary<Match> matches = Arbitraries.of(
                Match.ALWAYS,
                new Match(List.of(user("bob"))),
                new Match(List.of(command("DELETE"))),
                new Match(List.of(user("eve"), command("DROP"))));
        return Combinators.combine(
                        Arbitraries.of(Mode.class),
                        matches,
                        Arbitraries.of(ACTIONS),
                        Arbitraries.of(OnUnknown.class),
                        Arbitraries.of(Severity.class))
                .as((mode, match, action, onUnknown, severity) -> new Rule(
                        "",
                        "why",
                        null,
                        severity,
                        mode,
                        1,
                        Moment.STATEMENT,
                        onUnknown,
                        match,
                        null,
                        List.of(action),
                        List.of()))
                .list()
                .ofMaxSize(80)
                .map(RuleSetTest::named);
    }

    private static List<Rule> named(List<Rule> rules) {
        List<Rule> named = new ArrayList<>();
        for (Rule rule : rules) {
            named.add(new Rule(
                    "rule-" + named.size(),
                    rule.why(),
                    null,
                    rule.severity(),
                    rule.mode(),
                    1,
                    rule.at(),
                    rule.onUnknown(),
                    rule.match(),
                    null,
                    rule.actions(),
                    List.of()));
        }
        return named;
    }

    private Verdict judge(RuleSet set, String sql) {
        question.begin(0);
        question.onStatement(facts(sql));
        return set.judge(Moment.STATEMENT, question);
    }

    private static StatementFacts facts(String sql) {
        return FACTS.of(SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst());
    }

    private static Question question(UUID session, String user) {
        return new Question(new Asker(session, user, "db", "", null, "main", "main", false, "", 0));
    }

    private static Criterion user(String name) {
        return new AskerCriterion.Named("user", AskerCriterion.Part.USER, List.of(new NamePattern(name)), false);
    }

    private static Criterion command(String name) {
        return new StatementCriterion.OfCommand("command", List.of(new NamePattern(name)), false);
    }

    private static Rule rule(String id, Mode mode, Match match) {
        return new Rule(
                id,
                "why",
                null,
                Severity.HIGH,
                mode,
                1,
                Moment.STATEMENT,
                OnUnknown.IGNORE,
                match,
                null,
                List.of(BLOCK),
                List.of());
    }

    private static RuleSet set(Rule... rules) {
        return RuleSet.of(List.of(rules), "sha256:test");
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
