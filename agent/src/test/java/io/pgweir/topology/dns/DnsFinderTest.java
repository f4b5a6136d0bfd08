package io.pgweir.topology.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.pgweir.config.DnsConfig;
import io.pgweir.config.HostPort;
import io.pgweir.topology.Finding;
import io.pgweir.topology.Finding.Away;
import io.pgweir.topology.Finding.Found;
import io.pgweir.topology.Member;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsFinderTest {
    private static final HostPort DB = new HostPort("db.weir.test", 5432);

    private NameServer names;

    @BeforeEach
    void start() throws Exception {
        names = new NameServer();
    }

    @AfterEach
    void stop() {
        names.close();
    }

    @Test
    void everyAddressIsANodeAndKeepsItsName() throws Exception {
        // Given
        names.answer("db.weir.test", 60, "10.0.0.2", "10.0.0.1");
        try (DnsFinder finder = finder(Duration.ofSeconds(30), DB, new HostPort("db.weir.test", 5433))) {
            // When
            Found found = (Found) finder.find();

            // Then
            assertThat(found.members())
                    .containsExactly(
                            new Member("10.0.0.1:5432", DB, InetAddress.ofLiteral("10.0.0.1"), null),
                            new Member("10.0.0.2:5432", DB, InetAddress.ofLiteral("10.0.0.2"), null),
                            new Member(
                                    "10.0.0.1:5433",
                                    new HostPort("db.weir.test", 5433),
                                    InetAddress.ofLiteral("10.0.0.1"),
                                    null),
                            new Member(
                                    "10.0.0.2:5433",
                                    new HostPort("db.weir.test", 5433),
                                    InetAddress.ofLiteral("10.0.0.2"),
                                    null));
        }
    }

    /** As an RDS endpoint at a failover. */
    @Test
    void aNameThatMovesIsFollowedWhenItsTimeIsOver() throws Exception {
        // Given
        names.answer("db.weir.test", 0, "10.0.0.1");
        try (DnsFinder finder = finder(Duration.ofSeconds(30), DB)) {
            assertThat(addresses(finder.find())).containsExactly("10.0.0.1");

            // When
            names.answer("db.weir.test", 0, "10.0.0.2");

            // Then
            assertThat(addresses(finder.find())).containsExactly("10.0.0.2");
        }
    }

    @Test
    void aRecordIsAskedForOnceInItsTime() throws Exception {
        // Given
        names.answer("db.weir.test", 3600, "10.0.0.1");
        try (DnsFinder finder = finder(Duration.ofHours(1), DB)) {
            finder.find();

            // When
            names.answer("db.weir.test", 3600, "10.0.0.2");

            // Then
            assertThat(addresses(finder.find())).containsExactly("10.0.0.1");
            assertThat(names.queries()).isEqualTo(1);
        }
    }

    @Test
    void aLongTimeToLiveIsCut() throws Exception {
        // Given
        names.answer("db.weir.test", 3600, "10.0.0.1");
        try (DnsFinder finder = finder(Duration.ZERO, DB)) {
            finder.find();

            // When
            names.answer("db.weir.test", 3600, "10.0.0.2");

            // Then
            assertThat(addresses(finder.find())).containsExactly("10.0.0.2");
        }
    }

    @Test
    void aNameThatIsNoMoreMeansWhatItMeantLast() throws Exception {
        // Given
        HostPort other = new HostPort("other.weir.test", 5432);
        names.answer("db.weir.test", 0, "10.0.0.1");
        names.answer("other.weir.test", 0, "10.0.0.9");
        try (DnsFinder finder = finder(Duration.ZERO, DB, other)) {
            finder.find();

            // When
            names.forget("db.weir.test");

            // Then
            Found found = (Found) finder.find();
            assertThat(addresses(found)).containsExactly("10.0.0.1", "10.0.0.9");
            assertThat(found.notes()).singleElement().asString().startsWith("dns: db.weir.test: ");
            names.forget("other.weir.test");
            assertThat(finder.find()).isInstanceOf(Away.class);
        }
    }

    private DnsFinder finder(Duration ttlMax, HostPort... of) {
        return DnsFinder.of(
                new DnsConfig(List.of(of), DnsConfig.POLL, Duration.ofSeconds(20), ttlMax),
                new SingletonDnsServerAddressStreamProvider(names.address()));
    }

    private static List<String> addresses(Finding finding) {
        return ((Found) finding)
                .members().stream()
                        .map(member -> member.at() == null ? "" : member.at().getHostAddress())
                        .toList();
    }
}
