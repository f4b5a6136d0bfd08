package io.pgweir.audit.filter;

import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.encode.JsonTree;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A CEL expression over a record: its top-level members are variables, {@code record} is the whole.
 *
 * <p>Types are checked when the expression is read. An expression that a record has no answer to, because it lacks a member or
 * has another kind of value there, is false for it: {@code result.rows > 10} is for records that have rows, and so is
 * {@code !(result.rows > 10)}. As CEL has it, {@code ||} and {@code &&} need no answer of the side that does not matter, and
 * {@code has(sql.tags)}, {@code has(record.class)} ask.
 *
 * <p>Work is bounded: {@value #ITERATIONS_MAX} iterations of macros a record, expressions of {@value #CHARS_MAX} characters, and
 * RE2's regular expressions, which take linear time. Any thread.
 */
public final class RecordFilter {
    private static final int CHARS_MAX = 10_000;
    private static final int DEPTH_MAX = 100;
    private static final int NODES_MAX = 10_000;
    private static final int ITERATIONS_MAX = 100_000;
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
            .addVarDeclarations(RecordVariables.declarations())
            .setResultType(SimpleType.BOOL)
            .build();

    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

    private final CelRuntime.Program program;

    private RecordFilter(CelRuntime.Program program) {
        this.program = program;
    }

    /** @throws FilterException where it is no expression, names what no record has, compares what cannot be, or is no condition */
    public static RecordFilter of(String expression) throws FilterException {
        CelValidationResult checked = COMPILER.compile(expression, "where");
        if (checked.hasError()) {
            CelIssue first = checked.getErrors().getFirst();
            // Of antlr and cel: columns from 0.
            throw new FilterException(first.getSourceLocation().getColumn() + 1, first.getMessage());
        }
        try {
            return new RecordFilter(RUNTIME.createProgram(checked.getAst()));
        } catch (CelValidationException | CelEvaluationException fault) {
            throw new FilterException(1, String.valueOf(fault.getMessage()));
        }
    }

    /**
     * @throws IllegalArgumentException where it is no record
     * @throws IllegalStateException where the record makes the expression do more than it may
     */
    public boolean accepts(AuditRecord record) {
        Map<String, Object> variables = object(JsonTree.read(record.json()));
        variables.put(RecordVariables.RECORD, Map.copyOf(variables));
        try {
            return Boolean.TRUE.equals(program.eval(variables));
        } catch (CelEvaluationException fault) {
            if (fault.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED) {
                throw new IllegalStateException(
                        "filter: more than " + ITERATIONS_MAX + " iterations for record "
                                + record.head().id(),
                        fault);
            }
            return false;
        }
    }

    private static Map<String, Object> object(Map<?, ?> members) {
        Map<String, Object> object = new LinkedHashMap<>();
        members.forEach((name, value) -> object.put(String.valueOf(name), value(value)));
        return object;
    }

    private static Object value(@Nullable Object value) {
        return switch (value) {
            case null -> NullValue.NULL_VALUE;
            case Map<?, ?> members -> object(members);
            case List<?> elements -> {
                List<Object> list = new ArrayList<>(elements.size());
                elements.forEach(element -> list.add(value(element)));
                yield list;
            }
            case BigInteger number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            default -> value;
        };
    }
}
