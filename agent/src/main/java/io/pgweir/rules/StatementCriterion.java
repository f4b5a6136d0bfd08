package io.pgweir.rules;

import io.pgweir.sql.CopyClause;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.facts.ColumnName;
import io.pgweir.sql.facts.CopyFacts;
import io.pgweir.sql.facts.FunctionName;
import io.pgweir.sql.facts.RelationName;
import io.pgweir.sql.facts.StatementFacts;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A key whose answer holds as long as the statement's facts do. Without facts nothing is known but that. */
public sealed interface StatementCriterion extends Criterion {
    Truth read(StatementFacts facts);

    String found(StatementFacts facts);

    default Truth ask(@Nullable StatementFacts facts) {
        return facts == null ? Truth.UNKNOWN : read(facts);
    }

    @Override
    default Truth ask(Question question) {
        return ask(question.facts());
    }

    @Override
    default String found(Question question) {
        StatementFacts facts = question.facts();
        return facts == null ? "unknown" : found(facts);
    }

    /** By pgaudit's class of the statement as a whole. */
    record OfClass(String key, Set<StatementClass> any, boolean not) implements StatementCriterion {
        public OfClass {
            any = Set.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = any.contains(facts.statementClass()) ? Likeness.CERTAIN : Likeness.NONE;
            return likeness.toTruth(not, true, facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            return facts.statementClass().name();
        }
    }

    /** By command, of the statement or of one that runs within it; {@code DROP} is any command that begins with that word. */
    record OfCommand(String key, List<NamePattern> any, boolean not) implements StatementCriterion {
        public OfCommand {
            any = List.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = Likeness.NONE;
            for (String command : facts.commands()) {
                likeness = matches(command) ? Likeness.CERTAIN : likeness;
            }
            return likeness.toTruth(not, facts.complete(), facts.ambiguous());
        }

        private boolean matches(String command) {
            for (NamePattern pattern : any) {
                String text = pattern.text();
                boolean begins = command.length() > text.length()
                        && command.startsWith(text)
                        && command.charAt(text.length()) == ' ';
                if (begins || pattern.matches(command)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String found(StatementFacts facts) {
            return String.join(", ", facts.commands());
        }
    }

    record OfFingerprint(String key, Set<String> any, boolean not) implements StatementCriterion {
        public OfFingerprint {
            any = Set.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = any.contains(facts.fingerprint()) ? Likeness.CERTAIN : Likeness.NONE;
            return likeness.toTruth(not, true, facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            return facts.fingerprint();
        }
    }

    /** What is done to a relation. */
    enum Access {
        READ,
        WRITE,
        ANY
    }

    record OfRelation(String key, Access access, List<QualifiedPattern> any, boolean not)
            implements StatementCriterion {
        public OfRelation {
            any = List.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = Likeness.NONE;
            if (access != Access.WRITE) {
                likeness = Names.closest(any, facts.reads());
            }
            if (access != Access.READ) {
                likeness = likeness.or(Names.closest(any, facts.writes()));
            }
            return likeness.toTruth(not, facts.complete(), facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            return switch (access) {
                case READ -> Names.text(facts.reads(), facts);
                case WRITE -> Names.text(facts.writes(), facts);
                case ANY ->
                    "reads " + Names.text(facts.reads(), facts) + ", writes " + Names.text(facts.writes(), facts);
            };
        }
    }

    /** Columns that are named anywhere. */
    record OfColumn(String key, List<ColumnPattern> any, boolean not) implements StatementCriterion {
        public OfColumn {
            any = List.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = Likeness.NONE;
            for (ColumnPattern pattern : any) {
                for (ColumnName column : facts.columns()) {
                    likeness = likeness.or(Names.compare(pattern, column, facts));
                }
            }
            return likeness.toTruth(not, facts.complete(), facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            return Names.text(facts.columns(), facts);
        }
    }

    record OfFunction(String key, List<QualifiedPattern> any, boolean not) implements StatementCriterion {
        public OfFunction {
            any = List.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = Likeness.NONE;
            for (QualifiedPattern pattern : any) {
                for (FunctionName function : facts.functions()) {
                    likeness = likeness.or(pattern.compare(function.schema(), function.name()));
                }
            }
            return likeness.toTruth(not, facts.complete(), facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            return Names.text(facts.functions(), facts);
        }
    }

    /** What is set, and to whose privileges a statement turns. */
    enum Word {
        SETTING,
        ROLE
    }

    record OfWord(String key, Word word, List<NamePattern> any, boolean not) implements StatementCriterion {
        public OfWord {
            any = List.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            Likeness likeness = Likeness.NONE;
            for (NamePattern pattern : any) {
                for (String name : words(facts)) {
                    likeness = pattern.matches(name) ? Likeness.CERTAIN : likeness;
                }
            }
            return likeness.toTruth(not, facts.complete(), facts.ambiguous());
        }

        private Set<String> words(StatementFacts facts) {
            String setting = facts.setting();
            return switch (word) {
                case SETTING -> setting == null ? Set.of() : Set.of(setting);
                case ROLE -> facts.roles();
            };
        }

        @Override
        public String found(StatementFacts facts) {
            return Names.text(words(facts), facts);
        }
    }

    record OfFlag(String key, StatementFlag flag, boolean wanted) implements StatementCriterion {
        @Override
        public Truth read(StatementFacts facts) {
            Truth is = flag.of(facts);
            return wanted ? is : is.not();
        }

        @Override
        public Truth ask(@Nullable StatementFacts facts) {
            return facts == null && flag == StatementFlag.COMPLETE
                    ? Truth.of(!wanted)
                    : StatementCriterion.super.ask(facts);
        }

        @Override
        public String found(StatementFacts facts) {
            Truth is = flag.of(facts);
            String reason = switch (flag) {
                case COMPLETE -> facts.incompleteReason();
                case AMBIGUOUS -> facts.ambiguousReason();
                default -> null;
            };
            String text = is == Truth.UNKNOWN ? "unknown" : String.valueOf(is == Truth.YES);
            return reason == null ? text : text + ": " + reason;
        }
    }

    record OfCopyDirection(String key, Set<CopyClause.Direction> any, boolean not) implements StatementCriterion {
        public OfCopyDirection {
            any = Set.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            CopyFacts copy = facts.copy();
            Likeness likeness = copy != null && any.contains(copy.direction()) ? Likeness.CERTAIN : Likeness.NONE;
            return likeness.toTruth(not, copy != null || facts.complete(), facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            CopyFacts copy = facts.copy();
            return copy == null ? "no COPY" : copy.direction().name();
        }
    }

    record OfCopyTarget(String key, Set<CopyClause.Target> any, boolean not) implements StatementCriterion {
        public OfCopyTarget {
            any = Set.copyOf(any);
        }

        @Override
        public Truth read(StatementFacts facts) {
            CopyFacts copy = facts.copy();
            Likeness likeness = copy != null && any.contains(copy.target()) ? Likeness.CERTAIN : Likeness.NONE;
            return likeness.toTruth(not, copy != null || facts.complete(), facts.ambiguous());
        }

        @Override
        public String found(StatementFacts facts) {
            CopyFacts copy = facts.copy();
            return copy == null ? "no COPY" : copy.target().name();
        }
    }

    /** Comparing names. */
    final class Names {
        private Names() {}

        static Likeness closest(List<QualifiedPattern> any, Set<RelationName> relations) {
            Likeness closest = Likeness.NONE;
            for (QualifiedPattern pattern : any) {
                for (RelationName relation : relations) {
                    closest = closest.or(pattern.compare(relation.schema(), relation.name()));
                }
            }
            return closest;
        }

        /** A column of no certain relation is one of any of the statement's relations; a star is every column of its relation. */
        static Likeness compare(ColumnPattern pattern, ColumnName column, StatementFacts facts) {
            boolean star = column.name().equals(ColumnName.ALL);
            if (!star && !pattern.column().matches(column.name())) {
                return Likeness.NONE;
            }
            NamePattern ofRelation = pattern.relation();
            if (ofRelation == null) {
                return star ? Likeness.OPEN : Likeness.CERTAIN;
            }
            QualifiedPattern relations = new QualifiedPattern(pattern.schema(), ofRelation);
            RelationName relation = column.relation();
            if (relation != null) {
                return relations.compare(relation.schema(), relation.name());
            }
            Likeness of = closest(List.of(relations), facts.reads()).or(closest(List.of(relations), facts.writes()));
            return of == Likeness.NONE ? Likeness.NONE : Likeness.LIKELY;
        }

        static String text(Set<?> names, StatementFacts facts) {
            String text = names.isEmpty()
                    ? "none"
                    : String.join(
                            ", ", names.stream().map(String::valueOf).sorted().toList());
            return facts.complete() ? text : text + " (incomplete: " + facts.incompleteReason() + ")";
        }
    }
}
