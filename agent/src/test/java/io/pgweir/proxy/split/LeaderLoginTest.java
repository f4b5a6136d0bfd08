package io.pgweir.proxy.split;

import static io.pgweir.proxy.split.TwoNodes.READY;
import static io.pgweir.proxy.split.TwoNodes.ROWS;
import static io.pgweir.proxy.split.TwoNodes.TIMEOUT_MILLIS;
import static io.pgweir.proxy.split.TwoNodes.error;
import static io.pgweir.proxy.split.TwoNodes.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Md5Hash;
import io.pgweir.config.ReadsConfig.Consistency;
import io.pgweir.lab.FakeServer;
import io.pgweir.lab.Frontend;
import io.pgweir.sql.StatementCache;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a client whose certificate is its proof, and of what it says before it is in. */
class LeaderLoginTest extends OverTwoNodes {
    private static final byte[] ASKS_FOR_MD5 = message('R', "\0\0\0\5salt");
    private static final byte[] ASKS_FOR_SCRAM = message('R', "\0\0\0\12SCRAM-SHA-256\0\0");
    private final ToldSecret source;

    LeaderLoginTest() {
        ToldSecret told = new ToldSecret();
        super(begin(told, Judge.CERTIFICATE));
        source = told;
    }

    private static TwoNodes begin(ToldSecret source, Judge judge) {
        TwoNodes made = new TwoNodes(Consistency.EVENTUAL, () -> new StatementCache(1 << 20), source, judge);
        assertThat(made.heardByLeader()).isEqualTo("startup");
        return made;
    }

    private void startOver(Judge judge) {
        start(begin(source, judge));
    }

    private void tell(String password) {
        source.tell(password);
        nodes.pass(0);
    }

    private void logIn() {
        tell("secret");
        nodes.leaderSays(ASKS_FOR_MD5);
        assertThat(nodes.heardByLeader()).isEqualTo("p");
    }

    private void secretIsRefused() {
        logIn();
        nodes.nextLeader();
        nodes.leaderSays(error("28P01"));
        nodes.leaderEnds();
    }

    private void isLetIn() {
        nodes.leaderSays(FakeServer.WELCOME);
        assertThat(nodes.heard()).isEqualTo(FakeServer.WELCOME);
    }

    private void isRefused() {
        assertThat(nodes.heard()).isEmpty();
        assertThat(nodes.heardByLeader()).isEmpty();
        assertThat(nodes.notes).anyMatch(Unproved.class::isInstance);
    }

    @Test
    void whatTheLeaderAsksIsAnsweredAndWhatElseItSaysPasses() {
        // When
        logIn();

        // Then
        assertThat(nodes.heard()).isEmpty();
        isLetIn();
        assertThat(nodes.notes).noneMatch(Unproved.class::isInstance);
    }

    @Test
    void whatTheLeaderAsksWaitsForTheSecretWhereverItIsCut() {
        byte[] both = Frontend.concat(message('N', "SNOTICE\0C00000\0Mhi\0\0"), ASKS_FOR_MD5);
        byte[] notice = Arrays.copyOf(both, both.length - ASKS_FOR_MD5.length);
        for (int at = 0; at < both.length; at++) {
            // Given
            source.invalidate("u");
            startOver(Judge.CERTIFICATE);
            nodes.leaderSays(Arrays.copyOf(both, at));
            nodes.leaderSays(Arrays.copyOfRange(both, at, both.length));
            assertThat(nodes.heard()).as("cut at " + at).isEqualTo(notice);
            assertThat(nodes.heardByLeader()).isEmpty();

            // When
            tell("secret");

            // Then
            assertThat(nodes.heardByLeader()).isEqualTo("p");
            isLetIn();
        }
    }

    @Test
    void aLeaderThatAsksNothingWaitsForNothing() {
        isLetIn();
        nodes.say(QUERY);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void aSecretThatDoesNotComeIsWaitedForNoLongerThanAConnect() {
        // Given
        nodes.leaderSays(ASKS_FOR_MD5);
        nodes.pass(TIMEOUT_MILLIS - 1);
        assertThat(nodes.notes).noneMatch(Unproved.class::isInstance);

        // When
        nodes.pass(1);

        // Then
        isRefused();
        tell("secret");
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    static Stream<Lookup> nothingToLogInWith() {
        return Stream.of(
                new Lookup.Absent(),
                new Lookup.Unavailable("down"),
                new Lookup.Found(new KnownRole("u", new Md5Hash())));
    }

    @ParameterizedTest
    @MethodSource("nothingToLogInWith")
    void aRoleWhoseSecretNobodyKnowsIsNotLetIn(Lookup told) {
        // Given
        nodes.leaderSays(ASKS_FOR_MD5);

        // When
        source.tell(told);
        nodes.pass(0);

        // Then
        isRefused();
    }

    @ParameterizedTest
    @MethodSource("nothingToLogInWith")
    void whereTheLeaderMayAskItAsksTheClient(Lookup told) {
        // Given
        startOver(Judge.CERTIFICATE_OR_LEADER);
        source.tell(told);

        // When
        nodes.leaderSays(ASKS_FOR_SCRAM);

        // Then
        assertThat(nodes.heard()).isEqualTo(ASKS_FOR_SCRAM);
        nodes.say(message('p', "proof"));
        assertThat(nodes.heardByLeader()).isEqualTo("p");
        isLetIn();
    }

    /** A clear-text password, which is never sent without TLS; and a message of no kind. */
    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\3", "\0\0\0\7", "\0\0"})
    void aLeaderThatAsksForWhatItCannotHaveGetsNothing(String asks) {
        // Given
        tell("secret");

        // When
        nodes.leaderSays(message('R', asks));

        // Then
        isRefused();
    }

    @Test
    void aLeaderThatLetsInWithoutProofOfItsOwnIsLeft() {
        // Given
        tell("secret");
        nodes.leaderSays(ASKS_FOR_SCRAM);
        assertThat(nodes.heardByLeader()).isEqualTo("p");

        // When
        nodes.leaderSays(FakeServer.WELCOME);

        // Then
        isRefused();
    }

    @Test
    void whatTheClientSaysBeforeItIsInWaits() {
        for (byte[] early : new byte[][] {QUERY, message('p', "injected"), message('d', "row"), message('?', "huh")}) {
            // Given
            source.invalidate("u");
            startOver(Judge.CERTIFICATE);
            nodes.say(early);
            assertThat(nodes.heardByLeader()).isEmpty();

            // When
            logIn();

            // Then
            isLetIn();
            assertThat(nodes.heardByLeader()).hasSizeLessThan(3).isNotEmpty();
        }
    }

    @Test
    void aClientThatLeavesWhileTheSecretIsLookedUpIsForgotten() {
        // Given
        nodes.say(QUERY);
        nodes.leaderSays(ASKS_FOR_MD5);

        // When
        nodes.close();
        source.tell("secret");

        // Then
        nodes.pass(TIMEOUT_MILLIS);
        assertThat(nodes.leader.isOpen()).isFalse();
        assertThat(nodes.leakedBytes()).isZero();
    }

    @Test
    void aLeaderThatGoesWhileTheSecretIsLookedUpIsTheEnd() {
        // Given
        nodes.leaderSays(ASKS_FOR_MD5);

        // When
        nodes.leaderEnds();
        tell("secret");

        // Then
        assertThat(nodes.ended).isTrue();
        assertThat(nodes.heard()).isEmpty();
    }

    @Test
    void aSecretThatIsAnotherByNowIsTriedOnce() {
        // Given
        secretIsRefused();
        assertThat(nodes.heard()).isEmpty();

        // When
        tell("changed");

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("startup");
        nodes.leaderSays(ASKS_FOR_MD5);
        assertThat(nodes.heardByLeader()).isEqualTo("p");
        nodes.leaderSays(error("28P01"));
        nodes.leaderEnds();
        assertThat(nodes.heard()).isEqualTo(error("28P01"));
        assertThat(nodes.ended).isTrue();
    }

    @Test
    void aSecretThatHasChangedLetsIn() {
        // Given
        secretIsRefused();
        nodes.say(QUERY);

        // When
        tell("changed");
        nodes.leaderSays(ASKS_FOR_MD5);
        nodes.heardByLeader();

        // Then
        isLetIn();
        assertThat(nodes.notes).anyMatch(CancelTarget.class::isInstance);
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
    }

    @Test
    void aSecretThatIsStillTheSameIsNotTriedAgain() {
        // Given
        secretIsRefused();

        // When
        tell("secret");

        // Then
        assertThat(nodes.heard()).isEqualTo(error("28P01"));
        assertThat(nodes.ended).isTrue();
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    @Test
    void whereThereIsNoOtherConnectionTheFirstRefusalPasses() {
        // Given
        logIn();
        nodes.leaderSays(error("28P01"));

        // When
        tell("changed");

        // Then
        assertThat(nodes.heard()).isEqualTo(error("28P01"));
        assertThat(nodes.ended).isTrue();
    }

    @Test
    void anErrorOfAnotherKindPasses() {
        // Given
        logIn();

        // When
        nodes.leaderSays(error("53300"));
        nodes.leaderEnds();

        // Then
        assertThat(nodes.heard()).isEqualTo(error("53300"));
        assertThat(nodes.ended).isTrue();
    }

    @Test
    void aClientThatLeavesWhileTheSecretIsAskedForAgainIsForgotten() {
        // Given
        secretIsRefused();

        // When
        nodes.close();
        source.tell("changed");

        // Then
        nodes.pass(0);
        assertThat(nodes.heardByLeader()).isEmpty();
    }

    private void askReader() {
        logIn();
        isLetIn();
        nodes.say(QUERY);
        // The catalog's answer: no functions.
        nodes.leaderSays(message('C', "SELECT 0\0"), READY);
        nodes.heardByLeader();
        assertThat(nodes.heardByReader()).isEqualTo("startup");
        nodes.readerSays(ASKS_FOR_MD5);
        assertThat(nodes.heardByReader()).isEqualTo("p");
    }

    @Test
    void readersLetInByTheSameSecret() {
        // Given
        askReader();

        // When
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerSays(ROWS, READY);

        // Then
        assertThat(nodes.heard()).isEqualTo(ANSWER);
    }

    @Test
    void aReaderThatKnowsANewerSecretIsTriedOnceMore() {
        // Given
        askReader();
        nodes.readerSays(error("28P01"));
        nodes.readerEnds();
        nodes.nextReader();

        // When
        tell("changed");

        // Then
        assertThat(nodes.heardByReader()).isEqualTo("startup");
        nodes.readerSays(ASKS_FOR_MD5);
        assertThat(nodes.heardByReader()).isEqualTo("p");
        nodes.readerSays(FakeServer.WELCOME);
        nodes.readerSays(ROWS, READY);
        assertThat(nodes.heard()).isEqualTo(ANSWER);
        assertThat(nodes.connections()).isEqualTo(2);
    }

    @Test
    void aReaderThatTakesNoSecretIsLeftToTheLeader() {
        // Given
        askReader();
        nodes.readerSays(error("28P01"));
        nodes.readerEnds();

        // When
        tell("secret");

        // Then
        assertThat(nodes.heardByLeader()).isEqualTo("Q");
        assertThat(nodes.connections()).isOne();
    }
}
