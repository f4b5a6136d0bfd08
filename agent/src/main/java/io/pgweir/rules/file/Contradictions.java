package io.pgweir.rules.file;

import io.pgweir.config.Section;
import io.pgweir.rules.AskerCriterion;
import io.pgweir.rules.Criterion;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.StatementCriterion;
import io.pgweir.rules.StatementCriterion.OfClass;
import io.pgweir.rules.StatementCriterion.OfCommand;
import io.pgweir.rules.StatementCriterion.OfFlag;
import io.pgweir.rules.StatementFlag;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Match blocks whose keys can never hold together: a rule that looks alive and is not. */
final class Contradictions {
    private Contradictions() {}

    static void check(Section section, List<Criterion> criteria) {
        for (Criterion criterion : criteria) {
            if (criterion instanceof AskerCriterion.Named named
                    && named.not()
                    && named.any().stream().anyMatch(Contradictions::isAll)) {
                section.fault(named.key(), named.key() + ": not * can never match");
            }
        }
        classes(section, find(OfClass.class, criteria), find(OfCommand.class, criteria));
        where(section, criteria);
        copies(section, criteria);
    }

    private static boolean isAll(NamePattern pattern) {
        return pattern.text().equals("*");
    }

    private static <C extends Criterion> @Nullable C find(Class<C> type, List<Criterion> criteria) {
        return criteria.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }

    private static void classes(Section section, @Nullable OfClass classes, @Nullable OfCommand commands) {
        if (classes == null
                || classes.any().isEmpty()
                || commands == null
                || commands.not()
                || commands.any().isEmpty()) {
            return;
        }
        Set<StatementClass> possible = EnumSet.noneOf(StatementClass.class);
        commands.any().forEach(command -> possible.addAll(classesOf(command)));
        if (possible.stream().noneMatch(one -> classes.any().contains(one) != classes.not())) {
            section.fault(
                    "class",
                    "class: never that of " + commands.any() + " (expected: one of " + possible
                            + ", or another command)");
        }
    }

    /** All where it depends on more than the command. */
    private static Set<StatementClass> classesOf(NamePattern command) {
        List<SqlStatement> statements =
                SqlScript.of(command.text(), LexicalRules.DEFAULT).statements();
        boolean depends = command.isGlob()
                || statements.isEmpty()
                || switch (command.text().split(" ", 2)[0]) {
                    case "SELECT", "COPY", "EXPLAIN", "EXECUTE", "PREPARE", "CREATE", "ALTER", "DROP", "SET" -> true;
                    default -> false;
                };
        return depends
                ? EnumSet.allOf(StatementClass.class)
                : EnumSet.of(statements.getFirst().statementClass());
    }

    private static void where(Section section, List<Criterion> criteria) {
        boolean without = criteria.stream()
                .anyMatch(
                        one -> one instanceof OfFlag flag && flag.flag() == StatementFlag.HAS_WHERE && !flag.wanted());
        boolean trivial = criteria.stream()
                .anyMatch(one ->
                        one instanceof OfFlag flag && flag.flag() == StatementFlag.WHERE_IS_TRIVIAL && flag.wanted());
        if (without && trivial) {
            section.fault("where-is-trivial", "where-is-trivial: of a statement without a WHERE can never match");
        }
    }

    private static void copies(Section section, List<Criterion> criteria) {
        StatementCriterion.OfCopyDirection direction = find(StatementCriterion.OfCopyDirection.class, criteria);
        StatementCriterion.OfCopyTarget target = find(StatementCriterion.OfCopyTarget.class, criteria);
        OfCommand commands = find(OfCommand.class, criteria);
        boolean copies = direction != null || target != null;
        if (copies && commands != null && !commands.not() && !named(commands, "COPY")) {
            section.fault("copy", "copy: of a command that is none of COPY can never match");
        }
        if (direction == null || target == null || direction.not() || target.not()) {
            return;
        }
        boolean one = direction.any().size() == 1 && target.any().size() == 1;
        boolean in = direction.any().contains(CopyClause.Direction.FROM);
        if (one && target.any().contains(in ? CopyClause.Target.STDOUT : CopyClause.Target.STDIN)) {
            section.fault("copy", "copy: " + (in ? "from stdout" : "to stdin") + " can never match");
        }
    }

    private static boolean named(OfCommand commands, String command) {
        return commands.any().stream().anyMatch(pattern -> pattern.matches(command));
    }
}
