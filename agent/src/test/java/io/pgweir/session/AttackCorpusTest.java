package io.pgweir.session;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.StartupPacket;
import io.pgweir.wire.TransactionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** rules/attack.yaml: what is foreseen is what PostgreSQL does, or is told to be unknown. */
class AttackCorpusTest {
    private static final Path CORPUS = Path.of("..", "rules", "attack.yaml");

    private final SessionTracker tracker = new Scenario().tracker;
    private final FactsCache cache = new FactsCache(1 << 20);
    private final List<FrontendMessage> asked = new ArrayList<>();
    private TransactionStatus status = TransactionStatus.IDLE;

    private final Set<String> reads = new TreeSet<>();
    private final Set<String> writes = new TreeSet<>();
    private final Set<String> functions = new TreeSet<>();
    private boolean unknown;

    record Attack(Map<?, ?> entry) {
        boolean is(String key) {
            return Boolean.TRUE.equals(entry.get(key));
        }

        List<String> list(String key) {
            return entry.get(key) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        @Nullable
        String text(String key) {
            return entry.get(key) == null ? null : String.valueOf(entry.get(key));
        }

        @Override
        public String toString() {
            return String.valueOf(entry.get("id"));
        }
    }

    static List<Attack> attacks() throws IOException {
        Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(CORPUS));
        List<?> entries = (List<?>) requireNonNull(root.get("attacks"));
        return entries.stream().map(entry -> new Attack((Map<?, ?>) entry)).toList();
    }

    @Test
    void theCorpusIsLargeAndItsNamesAreDistinct() throws IOException {
        assertThat(attacks())
                .hasSizeGreaterThan(150)
                .extracting(Attack::toString)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void whatItDoesIsKnownOrToldToBeUnknown(Attack attack) {
        // Given
        begin(attack);

        // When
        Foreseen foreseen = play(attack);

        // Then
        look(requireNonNull(foreseen));
        if (attack.is("refused")) {
            return;
        }
        if (attack.is("unknown")) {
            assertThat(unknown).as("unknown").isTrue();
        }
        boolean several = unknown || !attack.list("in-flight").isEmpty();
        if (several) {
            assertThat(reads).containsAll(attack.list("reads"));
            assertThat(writes).containsAll(attack.list("writes"));
            assertThat(functions).containsAll(attack.list("functions"));
            assertThat(attack.is("unknown") || !attack.list("in-flight").isEmpty())
                    .as("needlessly unknown")
                    .isTrue();
        } else {
            assertThat(reads).containsExactlyInAnyOrderElementsOf(attack.list("reads"));
            assertThat(writes).containsExactlyInAnyOrderElementsOf(attack.list("writes"));
            if (attack.entry().containsKey("functions")) {
                assertThat(functions).containsExactlyInAnyOrderElementsOf(attack.list("functions"));
            }
        }
    }

    private void look(Foreseen foreseen) {
        unknown = foreseen.anything();
        for (SqlStatement statement : Stream.concat(foreseen.statements().stream(), foreseen.also().stream())
                .toList()) {
            StatementFacts facts = cache.of(statement);
            unknown |= !facts.complete() || facts.ambiguous();
            facts.reads().forEach(name -> reads.add(name.toString()));
            facts.writes().forEach(name -> writes.add(name.toString()));
            facts.functions().forEach(name -> functions.add(name.toString()));
        }
    }

    private void begin(Attack attack) {
        tracker.onStartup(new StartupPacket.Startup(StartupPacket.PROTOCOL_3_0, List.of()), 0);
        tracker.onBackend(new BackendMessage.Authentication(0, List.of()), 0);
        String encoding = attack.text("encoding");
        tell("client_encoding", encoding == null ? "UTF8" : encoding);
        if (attack.entry().get("settings") instanceof Map<?, ?> settings) {
            settings.forEach((name, value) -> tell(String.valueOf(name), String.valueOf(value)));
        }
        ready();
    }

    private void tell(String name, String value) {
        tracker.onBackend(new BackendMessage.ParameterStatus(name, value), 0);
    }

    private void ready() {
        tracker.onBackend(new BackendMessage.ReadyForQuery(status), 0);
    }

    private @Nullable Foreseen play(Attack attack) {
        for (String sql : attack.list("answered")) {
            message("query " + sql);
            message("answered");
        }
        attack.list("in-flight").forEach(sql -> message("query " + sql));
        String sql = attack.text("sql");
        String hex = attack.text("hex");
        if (hex != null) {
            sql = new String(HexFormat.of().parseHex(hex), tracker.clientCharset());
        }
        Foreseen last = sql == null ? null : message("query " + sql);
        for (String message : attack.list("messages")) {
            Foreseen foreseen = message(message);
            last = foreseen == null ? last : foreseen;
        }
        return last;
    }

    private @Nullable Foreseen message(String message) {
        int space = message.indexOf(' ');
        String verb = space < 0 ? message : message.substring(0, space);
        String rest = space < 0 ? "" : message.substring(space + 1);
        int colon = rest.indexOf(':');
        String name = colon < 0 ? rest : rest.substring(0, colon);
        String value = colon < 0 ? "" : rest.substring(colon + 1).strip();
        return switch (verb) {
            case "query" -> ask(new FrontendMessage.Query(rest));
            case "parse" -> ask(new FrontendMessage.Parse(name, value, new int[0]));
            case "bind" -> ask(new Scenario().bind(name, value));
            case "execute" -> ask(new FrontendMessage.Execute(name, 0));
            case "close" -> ask(new FrontendMessage.Close(FrontendMessage.Target.STATEMENT, name));
            case "sync" -> ask(FrontendMessage.Sync.INSTANCE);
            case "answered" -> {
                answer();
                yield null;
            }
            default -> throw new IllegalArgumentException(message);
        };
    }

    private @Nullable Foreseen ask(FrontendMessage message) {
        asked.add(message);
        tracker.onFrontend(message, 0);
        return tracker.foresee();
    }

    /** Everything has succeeded. */
    private void answer() {
        for (FrontendMessage message : asked) {
            switch (message) {
                case FrontendMessage.Query query -> {
                    String tag = query.sql().split(" ")[0].toUpperCase(Locale.ROOT);
                    status = tag.equals("BEGIN") ? TransactionStatus.IN_TRANSACTION : status;
                    tracker.onBackend(new BackendMessage.CommandComplete(tag), 0);
                    ready();
                }
                case FrontendMessage.Parse ignored -> tracker.onBackend(BackendMessage.ParseComplete.INSTANCE, 0);
                case FrontendMessage.Bind ignored -> tracker.onBackend(BackendMessage.BindComplete.INSTANCE, 0);
                case FrontendMessage.Close ignored -> tracker.onBackend(BackendMessage.CloseComplete.INSTANCE, 0);
                case FrontendMessage.Sync ignored -> ready();
                default -> throw new IllegalArgumentException(message.toString());
            }
        }
        asked.clear();
    }
}
