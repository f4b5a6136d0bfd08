package io.pgweir.proxy.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.rules.Action;
import io.pgweir.rules.ColumnPattern;
import io.pgweir.rules.Masking;
import io.pgweir.rules.NamePattern;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.wire.BackendMessage.Column;
import io.pgweir.wire.value.PgType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which columns are masked: by origin, by text, by name. Shown is {@code -}, masked is {@code x}. */
class MaskPlanTest {
    private static final int CUSTOMERS = 100;
    private static final int PARTITION = 101;
    private static final int OTHER = 200;

    private final KnownColumns known = new KnownColumns();

    MaskPlanTest() {
        for (int oid = CUSTOMERS; oid <= PARTITION; oid++) {
            String name = oid == CUSTOMERS ? "customers" : "customers_1";
            add(oid, name, 1, "id", PgType.INT4, false);
            add(oid, name, 3, "email", PgType.TEXT, false);
            add(oid, name, 4, "loud", PgType.TEXT, true);
            add(oid, name, 5, "note", PgType.TEXT, false);
        }
    }

    private void add(int oid, String name, int number, String column, int type, boolean generated) {
        known.add(
                "public",
                "customers",
                oid,
                "public",
                name,
                new KnownColumns.Column(number, column, type, type == PgType.TEXT, generated));
    }

    @Test
    void originTellsWhateverTheColumnIsCalled() {
        // Given
        List<Column> columns = List.of(
                column("a", CUSTOMERS, 3),
                column("b", PARTITION, 3),
                column("email", OTHER, 1),
                column("c", CUSTOMERS, 1),
                column("d", CUSTOMERS, 0));

        // Then
        assertThat(plan(true, null, columns)).isEqualTo("xx--x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "select count(*) from customers;-",
                "select upper(email), upper(note) from customers;x-",
                "select c from customers c;x",
                "select x from (select email || note as x from customers) s;x",
                "select now(), email || note from other o, customers c;-x",
                "select upper(email) from other;-",
                "explain select email from customers;-",
                "select 1 union select length(email) from customers;x",
            })
    void derivedColumnsGoByTheText(String sql, String expected) {
        assertThat(plan(true, sql, derived(expected.length()))).isEqualTo(expected);
    }

    @Test
    void derivedColumnsOfWhatNobodyKnowsAreMasked() {
        assertThat(plan(true, null, derived(2))).isEqualTo("xx");
        assertThat(plan(true, "select from where (", derived(1))).isEqualTo("x");
    }

    @ParameterizedTest
    @EnumSource(Action.Derived.class)
    void ruleSaysWhatBecomesOfDerivedColumns(Action.Derived derived) {
        // Given
        MaskPlan plan = MaskPlan.of(source(derived, true, "select upper(email) from customers"), derived(1));

        // Then
        switch (derived) {
            case MASK -> assertThat(shape(plan, 1)).isEqualTo("x");
            case PASS -> assertThat(shape(plan, 1)).isEqualTo("-");
            case BLOCK -> assertThat(plan.refusal()).contains("made from columns that may not be shown");
        }
    }

    /** A table that is newer than the catalog's answer, or of a session that could not ask. */
    @Test
    void unknownOriginGoesByTextAndName() {
        // Given
        List<Column> two = List.of(column("id", 999, 1), column("email", 999, 2));
        List<Column> renamed = List.of(column("id", 999, 1), column("e", 999, 2));

        // Then
        assertThat(plan(false, "select id, email as e from customers", renamed)).isEqualTo("-x");
        assertThat(plan(false, "select * from customers", two)).isEqualTo("-x");
        assertThat(plan(false, "select id, email from other", two)).isEqualTo("--");
        assertThat(plan(false, null, renamed)).isEqualTo("xx");
        assertThat(plan(true, null, two)).isEqualTo("--");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "copy customers to stdout|-x-",
                "copy public.customers_1 to stdout|-x-",
                "copy customers (email, id) to stdout|x-",
                "copy (select email, id from customers) to stdout|x-",
                "copy (select id, upper(email) u from customers) to stdout|-x",
                "copy (select * from customers) to stdout|-x--",
                "copy other to stdout|--",
                "copy other (email) to stdout|-",
            })
    void copyGoesByListCatalogAndText(String sql, String expected) {
        assertThat(copy(sql, expected.length())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy customers to stdout",
                "copy (select * from customers c, other o) to stdout",
                "copy (select * from customers) to stdout",
            })
    void copyThatCannotBeToldApartIsRefused(String sql) {
        assertThat(copy(sql, 7)).isEqualTo("refused");
    }

    private String copy(String sql, int columns) {
        SqlStatement statement = statement(sql);
        MaskPlan plan = MaskPlan.ofCopy(
                source(Action.Derived.MASK, true, sql), Objects.requireNonNull(statement.copy()), columns);
        return plan.refusal() == null ? shape(plan, columns) : "refused";
    }

    private String plan(boolean fresh, @Nullable String sql, List<Column> columns) {
        return shape(MaskPlan.of(source(Action.Derived.MASK, fresh, sql), columns), columns.size());
    }

    private MaskPlan.Source source(Action.Derived derived, boolean fresh, @Nullable String sql) {
        var pattern =
                new ColumnPattern(new NamePattern("public"), new NamePattern("customers"), new NamePattern("email"));
        return new MaskPlan.Source(
                List.of(new Action.Mask(List.of(pattern), new Masking.Fixed("x"), derived)),
                known,
                fresh,
                sql == null ? null : new FactsCache(1 << 20).of(statement(sql)),
                new ValueMasks(new byte[16]),
                StandardCharsets.UTF_8);
    }

    private static SqlStatement statement(String sql) {
        return SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
    }

    private static List<Column> derived(int count) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(column("c" + i, 0, 0));
        }
        return columns;
    }

    private static Column column(String name, int oid, int attribute) {
        return new Column(name, oid, attribute, PgType.TEXT, -1, -1, 0);
    }

    private static String shape(MaskPlan plan, int columns) {
        @Nullable ValueMask[] masks = plan.masks();
        StringBuilder shape = new StringBuilder();
        for (int i = 0; i < columns; i++) {
            shape.append(masks == null || masks[i] == null ? '-' : 'x');
        }
        return shape.toString();
    }
}
