package io.pgweir.routing.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnSettingTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            set pgweir.route = 'leader'                        | pgweir.route   | leader
            SET SESSION PgWeir.Route TO replica                | pgweir.route   | replica
            set local "pgweir.route" = "Auto"                  | pgweir.route   | Auto
            set pgweir.route = default                         | pgweir.route   |
            reset pgweir.route                                 | pgweir.route   |
            reset all                                          | all            |
            set pgweir /* x */ . min_lsn = e'0/\\x31'          | pgweir.min_lsn | 0/1
            select set_config('pgweir.route', 'leader', false) | pgweir.route   | leader
            select pg_catalog.set_config('PGWEIR.ROUTE', null, false) | pgweir.route |
            set pgweir.route = 'leader', 'replica'             | pgweir.route   | 'leader','replica'
            set pgweir.min_lsn = -1                            | pgweir.min_lsn | -1
            """)
    void whatAStatementSetsIsRead(String sql, String name, String value) {
        assertThat(OwnSetting.of(statement(sql))).containsExactly(new OwnSetting(name, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set work_mem = '1MB'",
                "set time zone 'pgweir.route'",
                "set role pgweir",
                "set transaction read only",
                "select set_config($1, 'leader', false)",
                "select 'set pgweir.route = 1'",
                "show pgweir.route",
                "set pgweir.route",
            })
    void otherStatementsSetNothingOfIt(String sql) {
        assertThat(OwnSetting.of(statement(sql))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            set pgweir.route = 'primary'    | 22023 invalid value for parameter "pgweir.route": "primary"
            set pgweir.route = ''           | 22023 invalid value for parameter "pgweir.route": ""
            set pgweir.min_lsn = '16B3748'  | 22023 invalid value for parameter "pgweir.min_lsn": "16B3748"
            set pgweir.min_lsn = '/1'       | 22023 invalid value for parameter "pgweir.min_lsn": "/1"
            set pgweir.min_lsn = '1/'       | 22023 invalid value for parameter "pgweir.min_lsn": "1/"
            set pgweir.min_lsn = '1/123456789' | 22023 invalid value for parameter "pgweir.min_lsn": "1/123456789"
            set pgweir.min_lsn = '1/g'      | 22023 invalid value for parameter "pgweir.min_lsn": "1/g"
            set pgweir.min_lsn = ' 1/1'     | 22023 invalid value for parameter "pgweir.min_lsn": " 1/1"
            set pgweir.lsn = '0/0'          | 55P02 parameter "pgweir.lsn" cannot be changed
            set pgweir.rout = leader        | 42602 invalid configuration parameter name "pgweir.rout"
            """)
    void whatIsNoValueIsTold(String sql, String told) {
        OwnSetting.Fault fault =
                Objects.requireNonNull(OwnSetting.of(statement(sql)).getFirst().fault());
        assertThat(fault.sqlState() + ' ' + fault.message()).isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set pgweir.route = LEADER",
                "set pgweir.route = 'Replica'",
                "set pgweir.route = auto",
                "reset pgweir.route",
                "reset all",
                "set pgweir.min_lsn = 'FFFFFFFF/0'",
                "set pgweir.min_lsn = '0/16b3748'",
            })
    void valuesAreTakenAsAServerWould(String sql) {
        assertThat(OwnSetting.of(statement(sql)).getFirst().fault()).isNull();
    }

    @Test
    void showIsOfOneSetting() {
        assertThat(OwnSetting.isShown(statement("show PGWEIR.lsn"), OwnSetting.LSN))
                .isTrue();
        assertThat(OwnSetting.isShown(statement("show \"pgweir.lsn\""), OwnSetting.LSN))
                .isTrue();
        assertThat(OwnSetting.isShown(statement("show pgweir.route"), OwnSetting.LSN))
                .isFalse();
        assertThat(OwnSetting.isShown(statement("show all"), OwnSetting.LSN)).isFalse();
        assertThat(OwnSetting.isShown(statement("select 'pgweir.lsn'"), OwnSetting.LSN))
                .isFalse();
    }

    private static SqlStatement statement(String sql) {
        return SqlScript.of(sql, LexicalRules.DEFAULT).statements().getFirst();
    }
}
