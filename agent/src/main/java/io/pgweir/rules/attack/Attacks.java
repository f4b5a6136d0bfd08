package io.pgweir.rules.attack;

import io.pgweir.config.ConfigException;
import io.pgweir.config.Faults;
import io.pgweir.config.Section;
import io.pgweir.config.YamlFile;
import io.pgweir.rules.Criterion;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.QualifiedPattern;
import io.pgweir.rules.Rule;
import io.pgweir.rules.StatementCriterion;
import io.pgweir.rules.StatementCriterion.Access;
import io.pgweir.rules.Truth;
import io.pgweir.session.Foreseen;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A corpus of attacks, each with what PostgreSQL really touches. Nothing may hide that: a key of a rule that names it must say
 * yes, or unknown.
 */
public final class Attacks {
    private static final int CHARS_MAX = 8 << 20;
    private static final long CACHE_BYTES = 16 << 20;

    private final List<Attack> attacks;

    private Attacks(List<Attack> attacks) {
        this.attacks = attacks;
    }

    /**
     * Something that was touched and not seen.
     *
     * @param guard the rule that names it, or what any rule would that names nothing else
     */
    public record Bypass(String attack, String family, String touched, String guard) {}

    /**
     * What came of it.
     *
     * @param checks of one guard against one attack each
     */
    public record Report(int attacks, int checks, List<Bypass> bypasses) {}

    /** The corpus that ships with pgweir. */
    public static Attacks shipped() throws ConfigException {
        Faults faults = new Faults("rules/attack.yaml");
        try (InputStream in = Attacks.class.getResourceAsStream("/rules/attack.yaml")) {
            if (in == null) {
                throw new IllegalStateException("a corpus that was not shipped");
            }
            return read("rules/attack.yaml", YamlFile.text(in, CHARS_MAX, faults), faults);
        } catch (IOException e) {
            throw new IllegalStateException("a corpus that cannot be read", e);
        }
    }

    public static Attacks of(Path file) throws ConfigException {
        Faults faults = new Faults(file.toString());
        String text = YamlFile.text(file, CHARS_MAX, faults);
        if (!faults.found().isEmpty()) {
            throw new ConfigException(faults.found());
        }
        return read(file.toString(), text, faults);
    }

    private static Attacks read(String name, String text, Faults faults) throws ConfigException {
        List<Attack> attacks = new ArrayList<>();
        Section root = YamlFile.root(name, text, CHARS_MAX, "`attacks`", faults);
        if (root != null) {
            root.require("version", "attacks");
            root.integer("version", 1, 1, 1);
            root.sections("attacks").forEach(section -> attacks.add(Attack.read(section)));
            root.end();
        }
        if (!faults.found().isEmpty()) {
            throw new ConfigException(faults.found());
        }
        return new Attacks(List.copyOf(attacks));
    }

    /** Plays all of them against {@code rules}, and against a guard of each name that an attack touches. */
    public Report run(List<Rule> rules) {
        FactsCache cache = new FactsCache(CACHE_BYTES);
        List<Bypass> bypasses = new ArrayList<>();
        int checks = 0;
        for (Attack attack : attacks) {
            if (attack.refused()) {
                continue;
            }
            Foreseen foreseen = AttackedSession.play(attack);
            for (Touched touched : touched(attack)) {
                for (Guard guard : guards(touched, rules)) {
                    checks++;
                    if (ask(guard.criterion(), foreseen, cache) == Truth.NO) {
                        bypasses.add(new Bypass(attack.id(), attack.family(), touched.toString(), guard.name()));
                    }
                }
            }
        }
        return new Report(attacks.size(), checks, List.copyOf(bypasses));
    }

    /** A relation or a function that PostgreSQL gets to, or a command that it runs. */
    private record Touched(String how, @Nullable String schema, String name) {
        static Touched of(String how, String text) {
            int dot = text.indexOf('.');
            return dot < 0
                    ? new Touched(how, null, text)
                    : new Touched(how, text.substring(0, dot), text.substring(dot + 1));
        }

        /** The corpus writes names as facts print them: a dot may be one of the name's own. */
        List<QualifiedPattern> patterns() {
            QualifiedPattern last = new QualifiedPattern(null, new NamePattern(name));
            return schema == null
                    ? List.of(last)
                    : List.of(
                            new QualifiedPattern(new NamePattern(schema), new NamePattern(name)),
                            new QualifiedPattern(null, new NamePattern(schema + "." + name)));
        }

        /** Whether {@code pattern} means it, wherever {@code search_path} leads. */
        boolean isMeantBy(QualifiedPattern pattern) {
            NamePattern ofSchema = pattern.schema();
            return pattern.name().matches(name) && (ofSchema == null || (schema != null && ofSchema.matches(schema)));
        }

        @Override
        public String toString() {
            return how + " " + (schema == null ? name : schema + "." + name);
        }
    }

    private record Guard(String name, StatementCriterion criterion) {}

    private static List<Touched> touched(Attack attack) {
        return Stream.of(
                        attack.reads().stream().map(text -> Touched.of("reads", text)),
                        attack.writes().stream().map(text -> Touched.of("writes", text)),
                        attack.functions().stream().map(text -> Touched.of("calls", text)),
                        attack.commands().stream().map(text -> new Touched("runs", null, text)))
                .flatMap(one -> one)
                .toList();
    }

    private static List<Guard> guards(Touched touched, List<Rule> rules) {
        List<Guard> guards = new ArrayList<>();
        guards.add(new Guard("a rule on " + touched.name(), guard(touched)));
        for (Rule rule : rules) {
            for (Criterion criterion : rule.match().criteria()) {
                switch (criterion) {
                    case StatementCriterion.OfRelation relations
                    when !relations.not() && isOf(relations.access(), touched) && meant(relations.any(), touched) ->
                        guards.add(new Guard(rule.id(), relations));
                    case StatementCriterion.OfFunction functions
                    when !functions.not() && touched.how().equals("calls") && meant(functions.any(), touched) ->
                        guards.add(new Guard(rule.id(), functions));
                    default -> {}
                }
            }
        }
        return guards;
    }

    private static boolean meant(List<QualifiedPattern> any, Touched touched) {
        return any.stream().anyMatch(touched::isMeantBy);
    }

    private static boolean isOf(Access access, Touched touched) {
        return switch (access) {
            case READ -> touched.how().equals("reads");
            case WRITE -> touched.how().equals("writes");
            case ANY -> touched.how().equals("reads") || touched.how().equals("writes");
        };
    }

    private static StatementCriterion guard(Touched touched) {
        List<QualifiedPattern> any = touched.patterns();
        return switch (touched.how()) {
            case "reads" -> new StatementCriterion.OfRelation("relations.read", Access.READ, any, false);
            case "runs" -> new StatementCriterion.OfCommand("command", List.of(new NamePattern(touched.name())), false);
            case "writes" -> new StatementCriterion.OfRelation("relations.write", Access.WRITE, any, false);
            default -> new StatementCriterion.OfFunction("functions", any, false);
        };
    }

    /** The strictest that is said of anything that may run. */
    private static Truth ask(StatementCriterion criterion, @Nullable Foreseen foreseen, FactsCache cache) {
        Truth strictest = foreseen != null && foreseen.anything() ? Truth.UNKNOWN : Truth.NO;
        if (foreseen == null) {
            return strictest;
        }
        for (SqlStatement statement : foreseen.statements()) {
            strictest = strictest.or(criterion.ask(cache.of(statement)));
        }
        for (SqlStatement statement : foreseen.also()) {
            strictest = strictest.or(criterion.ask(cache.of(statement)));
        }
        return strictest;
    }
}
