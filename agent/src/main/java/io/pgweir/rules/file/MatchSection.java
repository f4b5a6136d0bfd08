package io.pgweir.rules.file;

import io.pgweir.config.Item;
import io.pgweir.config.Network;
import io.pgweir.config.Section;
import io.pgweir.rules.AskerCriterion;
import io.pgweir.rules.Criterion;
import io.pgweir.rules.Match;
import io.pgweir.rules.Moment;
import io.pgweir.rules.MomentCriterion;
import io.pgweir.rules.NamePattern;
import io.pgweir.rules.StatementCriterion;
import io.pgweir.rules.StatementCriterion.Access;
import io.pgweir.rules.StatementFlag;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.StatementClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The block {@code match} of a rule or an exemption. */
final class MatchSection {
    private static final List<StatementFlag> FLAGS = List.of(
            StatementFlag.HAS_WHERE,
            StatementFlag.WHERE_IS_TRIVIAL,
            StatementFlag.HAS_LIMIT,
            StatementFlag.SELECTS_ALL,
            StatementFlag.LOCKS_ROWS,
            StatementFlag.WRITES_IN_CTE,
            StatementFlag.SELECT_INTO,
            StatementFlag.EXPLAIN,
            StatementFlag.EXPLAIN_ANALYZE);

    private static final String NAMES = "a name, in double quotes to keep its case";
    private static final String QUALIFIED = "a name or schema.name, in double quotes to keep their case";

    private final Section section;
    private final Moment at;
    private final Map<String, List<Item>> lists;
    private final List<Criterion> criteria = new ArrayList<>();

    private MatchSection(Section section, Moment at, Map<String, List<Item>> lists) {
        this.section = section;
        this.at = at;
        this.lists = lists;
    }

    /** @param lists of the file, by name */
    static Match read(@Nullable Section section, Moment at, Map<String, List<Item>> lists) {
        if (section == null) {
            return Match.ALWAYS;
        }
        MatchSection match = new MatchSection(section, at, lists);
        match.statement();
        match.asker();
        match.clock();
        section.endNotEmpty();
        Contradictions.check(section, match.criteria);
        return new Match(match.criteria);
    }

    /** All keys, with {@code criteria} of their own order: that of this method. */
    private void statement() {
        Choice classes = choice("class");
        if (classes != null) {
            criteria.add(new StatementCriterion.OfClass(
                    "class", Set.copyOf(classes.words(words(StatementClass.values(), true))), classes.not()));
        }
        Choice commands = choice("command");
        if (commands != null) {
            criteria.add(new StatementCriterion.OfCommand("command", Commands.read(commands), commands.not()));
        }
        Choice prints = choice("fingerprint");
        if (prints != null) {
            List<String> known = prints.map(MatchSection::fingerprint, "fp1: and 32 hex digits");
            criteria.add(new StatementCriterion.OfFingerprint("fingerprint", Set.copyOf(known), prints.not()));
        }
        relations();
        names(
                "columns",
                QualifiedName::column,
                "column, relation.column or schema.relation.column",
                (found, not) -> new StatementCriterion.OfColumn("columns", found, not));
        names(
                "functions",
                QualifiedName::relation,
                QUALIFIED,
                (found, not) -> new StatementCriterion.OfFunction("functions", found, not));
        names(
                "setting",
                QualifiedName::setting,
                NAMES,
                (found, not) -> new StatementCriterion.OfWord("setting", StatementCriterion.Word.SETTING, found, not));
        names(
                "roles",
                QualifiedName::name,
                NAMES,
                (found, not) -> new StatementCriterion.OfWord("roles", StatementCriterion.Word.ROLE, found, not));
        for (StatementFlag flag : FLAGS) {
            flag(section, flag.word(), flag);
        }
        if (section.has("multi-statement") && isStatement("multi-statement")) {
            criteria.add(new MomentCriterion.Several("multi-statement", section.flag("multi-statement", true)));
        } else {
            section.flag("multi-statement", true);
        }
        copy();
        parse();
    }

    /** What makes a criterion of names. */
    private interface Maker<T> {
        Criterion make(List<T> names, boolean not);
    }

    private <T> void names(String key, Function<String, Optional<T>> parse, String expected, Maker<T> maker) {
        Choice choice = choice(key);
        if (choice != null) {
            criteria.add(maker.make(choice.map(parse, expected), choice.not()));
        }
    }

    private void relations() {
        Section relations = section.section("relations");
        if (relations == null || !isStatement("relations")) {
            return;
        }
        for (Access access : Access.values()) {
            String key = access.name().toLowerCase(Locale.ROOT);
            Choice choice = Choice.read(relations, key, lists);
            if (choice != null) {
                criteria.add(new StatementCriterion.OfRelation(
                        "relations." + key, access, choice.map(QualifiedName::relation, QUALIFIED), choice.not()));
            }
        }
        relations.endNotEmpty();
    }

    private void copy() {
        Section copy = section.section("copy");
        if (copy == null || !isStatement("copy")) {
            return;
        }
        if (at == Moment.RESULT) {
            section.fault("copy", "copy at result can never match (expected: `at: copy`, or `at: statement`)");
        }
        Choice directions = Choice.read(copy, "direction", lists);
        if (directions != null) {
            criteria.add(new StatementCriterion.OfCopyDirection(
                    "copy.direction",
                    Set.copyOf(directions.words(words(CopyClause.Direction.values(), false))),
                    directions.not()));
        }
        Choice targets = Choice.read(copy, "target", lists);
        if (targets != null) {
            criteria.add(new StatementCriterion.OfCopyTarget(
                    "copy.target", Set.copyOf(targets.words(words(CopyClause.Target.values(), false))), targets.not()));
        }
        copy.endNotEmpty();
    }

    private void parse() {
        Section parse = section.section("parse");
        if (parse != null && isStatement("parse")) {
            flag(parse, "complete", StatementFlag.COMPLETE);
            flag(parse, "ambiguous", StatementFlag.AMBIGUOUS);
            parse.endNotEmpty();
        }
    }

    private void flag(Section of, String key, StatementFlag flag) {
        boolean wanted = of.flag(key, true);
        if (of.has(key) && isStatement(key)) {
            criteria.add(new StatementCriterion.OfFlag(of == section ? key : "parse." + key, flag, wanted));
        }
    }

    private void asker() {
        for (AskerCriterion.Part part : AskerCriterion.Part.values()) {
            String key = part.name().toLowerCase(Locale.ROOT);
            Choice choice = Choice.read(section, key, lists);
            if (choice != null) {
                List<NamePattern> names = choice.map(text -> Optional.of(new NamePattern(text)), NAMES);
                criteria.add(new AskerCriterion.Named(key, part, names, choice.not()));
            }
        }
        Choice networks = Choice.read(section, "cidr", lists);
        if (networks != null) {
            criteria.add(new AskerCriterion.Within(
                    "cidr",
                    networks.map(Network::parse, "an address or a network, such as 10.0.0.0/8"),
                    networks.not()));
        }
        boolean tls = section.flag("tls", true);
        if (section.has("tls")) {
            criteria.add(new AskerCriterion.Encrypted("tls", tls));
        }
    }

    private void clock() {
        Section schedule = section.section("schedule");
        if (schedule == null) {
            return;
        }
        boolean not = schedule.has("not");
        Section times = not ? schedule.section("not") : schedule;
        if (times != null) {
            criteria.add(new MomentCriterion.During("schedule", ScheduleSection.read(times), not));
        }
        if (not) {
            schedule.end();
        }
    }

    private @Nullable Choice choice(String key) {
        Choice choice = Choice.read(section, key, lists);
        return choice != null && isStatement(key) ? choice : null;
    }

    /** Whether the moment knows a statement; a fault where not. */
    private boolean isStatement(String key) {
        boolean known = at != Moment.SESSION && at != Moment.TRANSACTION_END;
        if (!known && section.has(key)) {
            section.fault(key, key + " at " + at.word() + " can never match: there is no statement then");
        }
        return known;
    }

    private static Optional<String> fingerprint(String text) {
        return text.matches("fp1:[0-9a-f]{32}") ? Optional.of(text) : Optional.empty();
    }

    /** Constants by how files spell them: classes as pgaudit does. */
    private static <E extends Enum<E>> Map<String, E> words(E[] constants, boolean upper) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : constants) {
            words.put(upper ? constant.name() : constant.name().toLowerCase(Locale.ROOT), constant);
        }
        return words;
    }
}
