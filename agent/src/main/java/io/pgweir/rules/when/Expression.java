package io.pgweir.rules.when;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.CelVarDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.pgweir.rules.Condition;
import io.pgweir.rules.Metered;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.Truth;
import io.pgweir.rules.when.ExpressionException.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition in CEL. Bounded in every way that one text can be expensive: characters, nesting, nodes, iterations, and RE2's
 * regular expressions, which take linear time.
 */
public final class Expression implements Condition {
    private static final int CHARS_MAX = 10_000;
    private static final int DEPTH_MAX = 100;
    private static final int NODES_MAX = 2_000;
    private static final int ITERATIONS_MAX = 10_000;
    private static final int REGEX_PROGRAM_MAX = 10_000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true) // the planner refuses to be without
            .maxExpressionCodePointSize(CHARS_MAX)
            .maxParseRecursionDepth(DEPTH_MAX)
            .maxParseExpressionNodeCount(NODES_MAX)
            .comprehensionMaxIterations(ITERATIONS_MAX)
            .maxRegexProgramSize(REGEX_PROGRAM_MAX)
            .build();

    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVarDeclarations(Variables.ALL.values().stream()
                    .map(variable -> CelVarDecl.newVarDeclaration(variable.name(), variable.type()))
                    .toList())
            .addFunctionDeclarations(function(Budget.ROWS), function(Budget.BYTES))
            .setResultType(SimpleType.BOOL)
            .build();

    private static final CelRuntime RUNTIME = CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLateBoundFunctions(Budget.ROWS, Budget.BYTES)
            .build();

    private final String text;
    private final CelRuntime.Program program;
    private final Named named;

    private Expression(String text, CelRuntime.Program program, Named named) {
        this.text = text;
        this.program = program;
        this.named = named;
    }

    private static CelFunctionDecl function(String name) {
        return CelFunctionDecl.newFunctionDeclaration(
                name,
                CelOverloadDecl.newGlobalOverload(
                        name.replace('.', '_') + "_string_string",
                        SimpleType.INT,
                        SimpleType.STRING,
                        SimpleType.STRING));
    }

    /** @throws ExpressionException where it is no condition, or names what {@code at} does not have */
    public static Expression of(String text, Moment at) throws ExpressionException {
        CelValidationResult checked = COMPILER.compile(text, "when");
        if (checked.hasError()) {
            throw new ExpressionException(checked.getErrors().stream()
                    .map(issue -> problem(issue, text))
                    .toList());
        }
        try {
            CelAbstractSyntaxTree tree = checked.getAst();
            Named named = Named.of(tree, at);
            return new Expression(text, RUNTIME.createProgram(tree), named);
        } catch (CelValidationException | CelEvaluationException fault) {
            throw new ExpressionException(List.of(new Problem(1, 1, String.valueOf(fault.getMessage()))));
        }
    }

    /** Of antlr and cel: columns from 0. */
    private static Problem problem(CelIssue issue, String text) {
        int line = Math.max(1, issue.getSourceLocation().getLine());
        int column = Math.max(1, issue.getSourceLocation().getColumn() + 1);
        return new Problem(line, column, Hints.of(issue.getMessage(), text, line, column));
    }

    @Override
    public Truth ask(Question question) {
        try {
            Object answer = program.eval(name -> find(name, question), new Budget(question));
            return answer instanceof Boolean is ? Truth.of(is) : Truth.UNKNOWN;
        } catch (CelEvaluationException _) {
            return Truth.UNKNOWN;
        }
    }

    private static Optional<Object> find(String name, Question question) {
        Variable variable = Variables.ALL.get(name);
        @Nullable Object value = variable == null ? null : variable.value().apply(question);
        return Optional.ofNullable(value);
    }

    @Override
    public boolean countsRows() {
        return named.variables().stream().anyMatch(Expression::isProgress)
                || !named.metered().isEmpty();
    }

    private static boolean isProgress(String name) {
        return switch (name) {
            case "result.rows", "result.bytes", "copy.rows", "copy.bytes" -> true;
            default -> false;
        };
    }

    @Override
    public Set<Metered> metered() {
        return named.metered();
    }

    @Override
    public String text() {
        return text;
    }
}
