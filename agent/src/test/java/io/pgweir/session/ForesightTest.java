package io.pgweir.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.SqlStatement;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is foreseen of the last message of a scenario: at least what the server may run. */
class ForesightTest {
    private final Scenario scenario = Scenario.ready();
    private @Nullable Foreseen last;

    /** Of every message, as the gate asks. */
    private @Nullable Foreseen foresee(String script) {
        for (String token : script.split(" (?=[<>])", -1)) {
            scenario.step(token);
            if (token.startsWith(">")) {
                last = scenario.tracker.foresee();
            }
        }
        return last;
    }

    private static String shown(@Nullable Foreseen foreseen) {
        if (foreseen == null) {
            return "nothing";
        }
        Set<String> texts = Stream.concat(foreseen.statements().stream(), foreseen.also().stream())
                .map(SqlStatement::text)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        return String.join(" + ", texts) + (foreseen.anything() ? " + anything" : "");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                // Names of this segment mean what they were given last.
                "one pipeline # >P[a|select 1] >B[|a] >E # select 1",
                "unnamed again # >P[|select 1] >B >E >P[|insert 2] >B >E # insert 2",
                "portal keeps its statement # >P[|insert 1] >B[p|] >P[|select 2] >E[p] # insert 1",
                "portal of a closed statement # >P[a|insert 1] >B[p|a] >Cs[a] >P[a|select 2] >E[p] # insert 1",
                "portal bound again # >P[a|insert 1] >P[b|select 2] >B[|a] >E >B[|b] >E # select 2",
                // Of earlier segments, only what is answered is certain.
                "confirmed # >P[a|select 1] >S <1 <Z[I] >B[|a] >E # select 1",
                "not confirmed # >P[a|select 1] >S >B[|a] >E # select 1",
                "a Parse that may fail # >P[a|insert 1] >S <1 <Z[I] >P[a|select 2] >S >B[|a] >E # insert 1 + select 2",
                "two in flight # >P[a|insert 1] >S >P[a|select 2] >S >B[|a] >E # insert 1 + select 2",
                "Close that may be skipped # >P[a|insert 1] >S >Cs[a] >P[a|select 2] >S >B[|a] >E # insert 1 + select 2",
                "a Parse that failed # >P[a|insert 1] >S <1 <Z[I] >P[a|select 2] >S <E[42P05] <Z[I] >B[|a] >E # insert 1",
                "portal of before # >Q[begin] <C[BEGIN] <Z[T] >P[|insert 1] >B[p|] >S >E[p] # insert 1",
                "portal of before, answered # >Q[begin] <C[BEGIN] <Z[T] >P[|insert 1] >B[p|] >S <1 <2 <Z[T] >E[p] # insert 1",
                "two portals in flight # >P[|insert 1] >B[p|] >S >P[|select 2] >B[p|] >S >E[p] # insert 1 + select 2",
                // Nobody knows.
                "no such portal # >E[p] # anything",
                "no such statement # >B[|a] >E # anything",
                "closed # >P[a|insert 1] >S <1 <Z[I] >Cs[a] >S <3 <Z[I] >B[|a] >E # anything",
                "prepared by SQL in flight # >P[a|select 1] >S <1 <Z[I] >Q[deallocate a] >B[|a] >E # anything",
                // SQL-level EXECUTE.
                "EXECUTE # >Q[prepare a as insert 1] <C[PREPARE] <Z[I] >Q[execute a] # execute a + insert 1",
                "EXECUTE of what is not answered # >Q[prepare a as insert 1] >Q[execute a] # execute a + anything",
                "EXECUTE in the same text # >Q[prepare a as insert 1;execute a] # execute a + prepare a as insert 1 + anything",
                "EXECUTE of nothing # >Q[execute a] # execute a + anything",
                "EXECUTE by protocol # >P[a|insert 1] >P[|execute a] >B >E # execute a + insert 1",
                // Cursors.
                "FETCH # >Q[begin] <C[BEGIN] <Z[T] >Q[declare c cursor for select 1] <C[DECLARE CURSOR] <Z[T] >Q[fetch 2 from c] # declare c cursor for select 1 + fetch 2 from c",
                "FETCH in flight # >Q[begin;declare c cursor for select 1;fetch c] # begin + declare c cursor for select 1 + fetch c",
                "FETCH of a portal # >Q[begin] <C[BEGIN] <Z[T] >P[|select 1] >B[p|] >Q[fetch p] # fetch p + select 1",
                "FETCH of nothing # >Q[fetch c] # fetch c + anything",
                "FETCH of a cursor that is gone # >Q[begin] <C[BEGIN] <Z[T] >Q[declare c cursor for select 1] <C[DECLARE CURSOR] <Z[T] >Q[commit] <C[COMMIT] <Z[I] >Q[fetch c] # fetch c + anything",
                "FETCH of one that is held # >Q[begin] <C[BEGIN] <Z[T] >Q[declare c cursor with hold for select 1] <C[DECLARE CURSOR] <Z[T] >Q[commit] <C[COMMIT] <Z[I] >Q[fetch c] # declare c cursor with hold for select 1 + fetch c",
                "Execute of a cursor # >Q[begin] <C[BEGIN] <Z[T] >Q[declare c cursor for select 1] <C[DECLARE CURSOR] <Z[T] >E[c] # declare c cursor for select 1",
                // Backslashes that something in flight may give another meaning.
                "nothing in flight # >Q['\\';x] # '\\' + x",
                "a Query in flight # >Q[select 1] >Q['\\';x] # '\\' + '\\';x + x",
                "an Execute without Sync # >P[|select 1] >B >E <1 <2 <D[4] <C[SELECT 1] >P[|'\\';x] # '\\' + '\\';x",
                // What runs nothing.
                "Bind # >P[a|select 1] >B[|a] # nothing",
                "Sync # >S # nothing",
                "empty # >P[a|] >B[|a] >E # ``",
            })
    void foreseesWhatMayRun(String name, String script, String foreseen) {
        assertThat(shown(foresee(script)).replaceFirst("^ \\+ ", "")).isEqualTo(foreseen);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "settled # >Q[set a to b] <C[SET] <Z[I] >Q[select '\\'; drop x --'] # drop x + select '\\'",
                "SET in flight # >Q[set a to b] >Q[select '\\'; drop x --'] # drop x + select '\\' + select '\\'; drop x --'",
                "function in flight # >Q[select f()] >P[|select '\\', 1 --'] # select '\\', 1 + select '\\', 1 --'",
                "function call in flight # >F[1] >P[|select '\\', 1 --'] # select '\\', 1 + select '\\', 1 --'",
                "answered, but not told # >P[|select f()] >B >E <1 <2 <C[SELECT 1] >P[b|select '\\', 1 --'] # select '\\', 1 + select '\\', 1 --'",
                "told # >P[|select f()] >B >E >S <1 <2 <C[SELECT 1] <Z[I] >P[b|select '\\', 1 --'] # select '\\', 1",
                "what was parsed in doubt # >Q[select f()] >P[a|select '\\', 1 --'] >B[|a] >E # select '\\', 1 + select '\\', 1 --'",
                "BEGIN in flight # >P[|begin] >B >E >P[|select '\\', 1 --'] # select '\\', 1",
                "no backslash # >Q[set a to b] >Q[select 'x', 1 --'] # select 'x', 1",
                "ROLLBACK in flight # >Q[rollback] >Q[select '\\', 1 --'] # select '\\', 1 + select '\\', 1 --'",
            })
    void whatMayBeLexedOtherwiseIsForeseenInEveryReading(String name, String script, String foreseen) {
        assertThat(shown(foresee(script))).isEqualTo(foreseen);
    }

    @Test
    void whileTheEncodingIsInDoubtSecondBytesMayReachIntoAscii() {
        // When: in SJIS and its like the letter and the backslash are one character.
        Foreseen foreseen =
                requireNonNull(foresee(">Q[set client_encoding to sjis] >Q[select E'\u0095\\', 'x' from t]"));

        // Then
        assertThat(foreseen.also())
                .extracting(statement -> statement.tokens(100).size())
                .contains(6);
        assertThat(foreseen.anything()).isFalse();
    }

    @Test
    void whileTheEncodingIsInDoubtANameInOtherLettersMayBeAnything() {
        assertThat(requireNonNull(foresee(">Q[select f()] >Q[select * from caf\u00e9]"))
                        .anything())
                .isTrue();
        assertThat(requireNonNull(foresee(">S >Q[select f()] >Q[select 'caf\u00e9']"))
                        .anything())
                .isFalse();
        assertThat(requireNonNull(foresee(">Q[select f()] >Q[select 'caf\ufffd']"))
                        .anything())
                .isTrue();
    }

    @Test
    void aQueryHasAllOfItsStatements() {
        // When
        Foreseen query = requireNonNull(foresee(">Q[select 1;insert 2]"));

        // Then
        assertThat(query.statements()).extracting(SqlStatement::text).containsExactly("select 1", "insert 2");
        assertThat(query.path()).isEqualTo(Execution.Path.SIMPLE);
        assertThat(query.anything()).isFalse();
    }

    @Test
    void theIntentOfAParseCoversOneExecuteOfTheSameSegment() {
        // Given
        UUID intent = new UUID(1, 2);
        foresee(">P[a|select 1]");

        // When
        scenario.tracker.intend(intent);

        // Then
        assertThat(requireNonNull(foresee(">B[|a] >E")).intent()).isEqualTo(intent);
        assertThat(requireNonNull(foresee(">E")).intent()).isNull();
        foresee(">P[b|select 1]");
        scenario.tracker.intend(intent);
        assertThat(requireNonNull(foresee(">S >B[|b] >E")).intent()).isNull();
    }

    @Test
    void whatWasThoughtOfParseAndBindIsToldAgainAtExecute() {
        // Given
        Opinion ofParse = new Opinion() {};
        Opinion ofBind = new Opinion() {};
        foresee(">P[a|select 1]");
        scenario.tracker.opine(ofParse);
        foresee(">B[p|a]");
        scenario.tracker.opine(ofBind);

        // When
        Foreseen inSegment = requireNonNull(foresee(">E[p]"));
        Foreseen inFlight = requireNonNull(foresee(">S >E[p]"));
        Foreseen plain = requireNonNull(foresee(">P[b|select 2] >B[q|b] >E[q]"));

        // Then
        assertThat(inSegment.parsed()).containsExactly(ofParse);
        assertThat(inSegment.bound()).containsExactly(ofBind);
        assertThat(inFlight.parsed()).containsExactly(ofParse);
        assertThat(inFlight.bound()).containsExactly(ofBind);
        assertThat(plain.parsed()).isEmpty();
        assertThat(plain.bound()).isEmpty();
    }

    @Test
    void aBindIsForeseenWithTheTypesThatItsParseDeclared() {
        // Given
        scenario.step(">P[a|select $1]");
        scenario.tracker.foresee();
        scenario.step(">B[|a]");

        // When
        Foreseen nothing = scenario.tracker.foresee();
        Foreseen bind = requireNonNull(scenario.tracker.foreseeBind());

        // Then
        assertThat(nothing).isNull();
        assertThat(bind.step()).isEqualTo(Execution.Step.BIND);
        assertThat(bind.statements()).extracting(SqlStatement::text).containsExactly("select $1");
    }

    @Test
    void aFunctionCallIsForeseenByItsOid() {
        Foreseen call = requireNonNull(foresee(">F[1397]"));

        assertThat(call.functionOid()).isEqualTo(1397);
        assertThat(call.path()).isEqualTo(Execution.Path.FUNCTION_CALL);
    }

    @Test
    void ofMoreNamesThanAreKeptAnythingMayRun() {
        // Given
        for (int i = 0; i < 4097; i++) {
            foresee(">P[s" + i + "|select 1]");
        }

        // When
        Foreseen kept = requireNonNull(foresee(">B[|s4096] >E"));
        Foreseen forgotten = requireNonNull(foresee(">B[|s1] >E"));

        // Then
        assertThat(kept.anything()).isFalse();
        assertThat(forgotten.anything()).isTrue();
        assertThat(forgotten.statements()).isEqualTo(List.of());
    }
}
