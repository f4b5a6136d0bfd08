package io.pgweir.rules.when;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import io.pgweir.rules.Key;
import io.pgweir.rules.Metered;
import io.pgweir.rules.Moment;
import io.pgweir.rules.when.ExpressionException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a checked expression names, and asks the meter for. */
record Named(Set<String> variables, Set<Metered> metered) {

    /** @throws ExpressionException where a name has no value at that moment, or what is asked of the meter is not told in so many words */
    static Named of(CelAbstractSyntaxTree tree, Moment at) throws ExpressionException {
        Set<String> variables = new HashSet<>();
        Set<Metered> metered = new HashSet<>();
        List<Problem> problems = new ArrayList<>();
        tree.getReferenceMap().forEach((id, reference) -> {
            Variable variable = Variables.ALL.get(reference.name());
            if (variable != null) {
                variables.add(variable.name());
                if (!variable.scope().holds(at)) {
                    problems.add(problem(tree, id, "`" + variable.name() + "` is not known at " + at.word()));
                }
            }
        });
        CelNavigableAst.fromAst(tree).getRoot().allNodes().forEach(node -> {
            if (isMeter(tree, node.expr())) {
                Metered asked = metered(node.expr());
                if (asked == null) {
                    problems.add(problem(
                            tree,
                            node.expr().id(),
                            "a budget of something else (expected: one of \"user\", \"database\", \"application\", \"client\","
                                    + " \"session\", \"fingerprint\" and a window such as \"1h\", both as they are)"));
                } else {
                    metered.add(asked);
                }
            }
        });
        if (!problems.isEmpty()) {
            throw new ExpressionException(problems);
        }
        return new Named(Set.copyOf(variables), Set.copyOf(metered));
    }

    private static boolean isMeter(CelAbstractSyntaxTree tree, CelExpr expression) {
        CelReference reference = tree.getReference(expression.id()).orElse(null);
        return reference != null && reference.overloadIds().stream().anyMatch(id -> id.startsWith("budget_"));
    }

    private static @Nullable Metered metered(CelExpr call) {
        List<CelExpr> arguments = call.call().args();
        String by = literal(arguments.get(0));
        String over = literal(arguments.get(1));
        Key key = by == null ? null : Budget.key(by);
        Duration window = over == null ? null : Budget.window(over);
        return key == null || window == null ? null : new Metered(key, window);
    }

    private static @Nullable String literal(CelExpr expression) {
        boolean text = expression.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE;
        return text ? expression.constant().stringValue() : null;
    }

    private static Problem problem(CelAbstractSyntaxTree tree, long id, String message) {
        Integer offset = tree.getSource().getPositionsMap().get(id);
        CelSourceLocation at =
                tree.getSource().getOffsetLocation(offset == null ? 0 : offset).orElse(CelSourceLocation.of(1, 0));
        return new Problem(Math.max(1, at.getLine()), at.getColumn() + 1, message);
    }
}
