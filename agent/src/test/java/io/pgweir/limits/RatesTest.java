package io.pgweir.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.config.ConnectRateConfig;
import io.pgweir.config.FailedLoginsConfig;
import io.pgweir.config.RateConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final RateConfig TEN = new RateConfig(10, 3);

    private long nanos = 1_000;

    @Test
    void aBurstThenTheRate() {
        // Given
        ConnectRates rates = new ConnectRates(new ConnectRateConfig(null, TEN), () -> nanos);
        assertThat(turns(rates, "a", 5)).isEqualTo(3);

        // When
        pass(Duration.ofMillis(200));

        // Then
        assertThat(turns(rates, "a", 5)).isEqualTo(2);
        assertThat(rates.refuses("l", null, "a")).isEqualTo(Scope.CLIENT_ADDRESS);
        assertThat(turns(rates, "b", 5)).isEqualTo(3);
    }

    @Test
    void anAddressThatComesTooOftenTakesNoTurnOfItsListener() {
        // Given
        ConnectRates rates = new ConnectRates(new ConnectRateConfig(TEN, new RateConfig(1, 1)), () -> nanos);

        // When
        for (int i = 0; i < 100; i++) {
            rates.refuses("l", TEN, "a");
        }

        // Then
        assertThat(rates.refuses("l", TEN, "b")).isNull();
        assertThat(rates.refuses("l", TEN, "c")).isNull();
        assertThat(rates.refuses("l", TEN, "d")).isEqualTo(Scope.LISTENER);
        assertThat(rates.refuses("m", TEN, "e")).isNull();
    }

    @Test
    void addressesAreForgottenAsOthersComeAndNeverTooMany() {
        // Given
        Recent<TokenBucket> recent = new Recent<>(() -> new TokenBucket(TEN, nanos));
        for (int i = 0; i < 2 * Recent.ADDRESSES_MAX; i++) {
            recent.of("busy" + i, bucket -> bucket.isFull(nanos)).take(nanos);
        }
        assertThat(recent.size()).isLessThanOrEqualTo(Recent.ADDRESSES_MAX);

        // When
        pass(Duration.ofSeconds(1));
        for (int i = 0; i < Recent.ADDRESSES_MAX; i++) {
            recent.of("new" + i, bucket -> bucket.isFull(nanos)).take(nanos);
            pass(Duration.ofSeconds(1));
        }

        // Then
        assertThat(recent.size()).isLessThan(10);
    }

    @Test
    void anAddressThatFailsTooOftenIsRefusedForAWhile() {
        // Given
        FailedLogins logins = new FailedLogins(
                new FailedLoginsConfig(3, Duration.ofSeconds(10), Duration.ofSeconds(60)), () -> nanos);
        logins.onFailure("a");
        logins.onFailure("a");
        assertThat(logins.isRefused("a")).isFalse();

        // When
        logins.onFailure("a");

        // Then
        assertThat(logins.isRefused("a")).isTrue();
        assertThat(logins.isRefused("b")).isFalse();
        pass(Duration.ofSeconds(59));
        assertThat(logins.isRefused("a")).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(logins.isRefused("a")).isFalse();
        logins.onFailure("a");
        assertThat(logins.isRefused("a")).isFalse();
    }

    @Test
    void failuresThatAreFarApartDoNotAddUp() {
        // Given
        FailedLogins logins = new FailedLogins(
                new FailedLoginsConfig(2, Duration.ofSeconds(10), Duration.ofSeconds(60)), () -> nanos);

        // When
        for (int i = 0; i < 5; i++) {
            logins.onFailure("a");
            pass(Duration.ofSeconds(10));
        }

        // Then
        assertThat(logins.isRefused("a")).isFalse();
    }

    private static int turns(ConnectRates rates, String address, int asked) {
        int taken = 0;
        for (int i = 0; i < asked; i++) {
            taken += rates.refuses("l", null, address) == null ? 1 : 0;
        }
        return taken;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}
