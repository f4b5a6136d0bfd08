package io.pgweir.audit.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.audit.AuditEvent;
import io.pgweir.audit.AuditRecord;
import io.pgweir.audit.RecordBuffer;
import io.pgweir.audit.Sample;
import io.pgweir.audit.seal.Chain;
import io.pgweir.config.AuditConfig.Content;
import io.pgweir.session.ExecutionFixture;
import io.pgweir.session.Parameters;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.value.PgType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One marker, wherever data and secrets may stand, and no record that shows it. */
class RedactionTest {
    private static final String MARKER = "zQx9marker";

    private static String written(Content content, AuditEvent event) throws IOException {
        RecordBuffer lines = new RecordBuffer(256);
        new JsonEncoder(Sample.config(content), Sample.AGENT, Tokens.ofKey(new byte[32]))
                .encode(event, 1, 2, new Chain("0195512a-1c00-7000-8000-0000000000c1"), lines);
        String record = lines.toString(StandardCharsets.UTF_8);
        new PrettyFormat(true).append(new AuditRecord(record.getBytes(StandardCharsets.UTF_8)), lines);
        return lines.toString(StandardCharsets.UTF_8);
    }

    private static ErrorFields quoting(String sqlState, String message) {
        return new ErrorFields(
                "ERROR", sqlState, message, "Key (a)=(" + MARKER + ")", MARKER, 1, null, null, null, null, null);
    }

    private static Parameters marked() {
        byte[] value = Sample.bytes(MARKER);
        return new Parameters(new int[] {PgType.TEXT}, new byte[] {0}, new int[] {value.length}, new byte[][] {value});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select '$', x from t",
                "select E'\\'$' from t",
                "select $tag$ $ $tag$",
                "select U&'$' uescape '!'",
                "insert into t values (1, '$', N'$')",
                "select 1 /* $ */ -- $",
                "prepare p as select '$'",
                "execute p('$')",
                "copy t from '/tmp/$'",
                "set app.token = '$'",
                "alter role bob password '$'",
                "create user bob with encrypted password '$' valid until '2030-01-01'",
                "create subscription s connection 'host=h password=$' publication p",
                "create user mapping for bob server s options (user 'x', password '$')",
                "do $$ begin perform '$'; end $$",
                "select 'unterminated $"
            })
    void redactedRecordsShowNoLiteral(String template) throws IOException {
        // Given
        String text = template.replace("$$", "\0").replace("$tag$", "\1").replace("$", MARKER);
        ExecutionFixture execution = Sample.simple(text.replace("\0", "$$").replace("\1", "$tag$"));
        // When
        String written = written(Content.REDACTED, Sample.statement(1, execution.parameters(marked())));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter role bob password '$'",
                "create user bob with encrypted password '$' valid until '2030-01-01'",
                "create subscription s connection 'host=h password=$' publication p",
                "create user mapping for bob server s options (user 'x', password '$')",
                "alter user mapping for bob server s options (set password '$')",
                "alter subscription s connection 'host=h password=$'",
                "alter role bob encrypted password 'SCRAM-SHA-256$4096:$=='",
                "alter role bob password '$' and then something that is no SQL (",
                "alter role bob password '$",
                "select * from dblink('host=h user=u password=$', 'select 1') as t(a int)",
                "select dblink_connect('postgresql://u:$@h/db')",
                "create role bob login password /* of bob */ '$'"
            })
    void fullRecordsShowNoSecret(String template) throws IOException {
        // Given
        String text = template.replace("SHA-256$4096", "SHA-256\0004096")
                .replace("$", MARKER)
                .replace('\0', '$');
        ExecutionFixture execution = Sample.simple(text)
                .parameters(marked())
                .error(quoting("42601", "syntax error at or near \"'" + MARKER + "'\""));
        // When
        String written = written(Content.FULL, Sample.statement(1, execution));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }

    @Test
    void fullRecordsShowNoSecretOfTheQuerysNextStatement() throws IOException {
        // Given: PostgreSQL parses the query as a whole, so the first statement gets the error of the second
        ExecutionFixture execution = Sample.simple("select 1; alter role bob password '" + MARKER + "' '")
                .error(quoting("42601", "syntax error at or near \"'" + MARKER + "'\""));
        // When
        String written = written(Content.FULL, Sample.statement(1, execution));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }

    @Test
    void fullRecordsQuoteTheStatementsOwnSyntaxErrors() throws IOException {
        // Given
        ExecutionFixture execution =
                Sample.simple("selec 1 frm t").error(quoting("42601", "syntax error at or near \"selec\""));
        // When
        String written = written(Content.FULL, Sample.statement(1, execution));
        // Then
        assertThat(written).contains("at or near \\\"selec\\\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"22P02", "42601", "23505", "P0001", "42P01", "XX000", "UE001", ""})
    void redactedRecordsShowNothingThatTheServerQuotes(String sqlState) throws IOException {
        // Given
        String message = "invalid input \"t\" for type \"" + MARKER + "\" with \"" + MARKER + "\"";
        ExecutionFixture execution =
                Sample.simple("select '" + MARKER + "' from t").error(quoting(sqlState, message));
        // When
        String written = written(Content.REDACTED, Sample.statement(1, execution));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }

    @ParameterizedTest
    @EnumSource(Content.class)
    void startupOptionsAreNeverShown(Content content) throws IOException {
        // Given
        StartupPacket.Startup startup = new StartupPacket.Startup(
                StartupPacket.PROTOCOL_3_0, List.of(new StartupPacket.Parameter("options", "-c app.key=" + MARKER)));
        // When
        String written = written(content, new AuditEvent.SessionStart(Sample.ORIGIN, 1, Sample.BASE_NANOS, startup));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }

    @Property(tries = 300)
    void noLiteralSurvivesWhateverStandsAroundIt(
            @ForAll @StringLength(max = 30) String before, @ForAll @AlphaChars @StringLength(max = 8) String after)
            throws IOException {
        // Given
        String literal = "'" + before.replace("'", "''") + MARKER + after + "'";
        ErrorFields error = quoting("42601", "syntax error at or near \"" + literal + "\"");
        ExecutionFixture execution =
                Sample.simple("select " + literal + " from t").error(error);
        // When
        String written = written(Content.REDACTED, Sample.statement(1, execution));
        // Then
        assertThat(written).doesNotContain(MARKER);
    }
}
