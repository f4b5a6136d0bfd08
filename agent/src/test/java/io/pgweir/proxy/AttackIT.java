package io.pgweir.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Every statement of rules/attack.yaml is sent to a real server, once directly and once through an agent whose only rule guards
 * {@code secret}. The server itself says who got through: a policy on the table moves a sequence whenever a row of it is looked at
 * or written, and sequences do not roll back.
 */
@Timeout(300)
class AttackIT {
    private static final String GUARD = """
            version: 1
            rules:
              - id: secret
                why: nobody touches it
                mode: enforce
                on-unknown: block
                match: {relations: {any: [secret]}}
                do: [{block: {sqlstate: "42501", message: "not yours"}}]
                tests: [{sql: "select * from secret", expect: block}]
            """;

    private static final String SCHEMA = """
            create role app login;
            create table public_t (x int, a int, b int, c int, i int, id int, n int, v text, y int);
            create table secret (like public_t);
            create schema hidden;
            create table hidden.secret (like public_t);
            create table leak (like public_t);
            create table with_trigger (i int);
            create view my_view as select 1 as i;
            create function my_function() returns int language sql as 'select 1';
            create procedure p() language sql as 'select 1';
            create sequence trips;
            create function trip() returns boolean language plpgsql volatile security definer
              as 'begin perform nextval(''public.trips''); return true; end';
            create policy wire on secret using (trip()) with check (trip());
            alter table secret enable row level security;
            create policy wire on hidden.secret using (trip()) with check (trip());
            alter table hidden.secret enable row level security;
            grant all on all tables in schema public, hidden to app;
            grant usage on schema hidden to app;
            grant create on schema public to app;
            """;

    private static PgServer server;

    @BeforeAll
    static void startServer() {
        server = PgServer.builder().start();
        for (String statement : SCHEMA.split(";\n")) {
            server.query(statement);
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void nothingThatReachesTheServerTouchesWhatIsGuarded() throws IOException {
        // Given
        List<Map<?, ?>> attacks = attacks();
        Set<String> genuine = new TreeSet<>();
        Set<String> through = new TreeSet<>();
        try (RunningAgent agent =
                RunningAgent.builder(server.port()).rules(GUARD).start()) {
            // When
            for (Map<?, ?> attack : attacks) {
                String id = String.valueOf(attack.get("id"));
                if (trips(attack, agent.port())) {
                    through.add(id);
                }
                if (trips(attack, server.port())) {
                    genuine.add(id);
                }
            }
        }
        // Then
        assertThat(through).isEmpty();
        assertThat(genuine).hasSizeGreaterThan(100);
    }

    private static boolean trips(Map<?, ?> attack, int port) {
        for (String table : List.of("public_t", "secret", "hidden.secret")) {
            server.query("delete from " + table);
            server.query("insert into " + table + " values (1, 1, 1, 1, 1, 1, 1, 'v', 1)");
        }
        String before = server.query("select last_value, is_called from trips");
        try {
            play(attack, port);
        } catch (RuntimeException fault) {
            throw new AssertionError("attack " + attack.get("id") + ": " + fault.getMessage(), fault);
        }
        return !requireNonNull(server.query("select last_value, is_called from trips"))
                .equals(before);
    }

    /** All that the entry says, and goodbye; returns when the server has closed. */
    private static void play(Map<?, ?> attack, int port) {
        String encoding = attack.get("encoding") == null ? "UTF8" : String.valueOf(attack.get("encoding"));
        try (PgWire client = PgWire.login("127.0.0.1", port, Map.of("user", "app", "client_encoding", encoding), null)
                .timeoutMillis(20_000)) {
            if (attack.get("settings") instanceof Map<?, ?> settings) {
                settings.forEach((name, value) -> client.query("set " + name + " = '" + value + "'"));
            }
            list(attack, "answered").forEach(client::query);
            list(attack, "in-flight").forEach(sql -> client.send(Frontend.query(sql)));
            if (attack.get("sql") != null) {
                client.send(Frontend.query(String.valueOf(attack.get("sql"))));
            }
            if (attack.get("hex") != null) {
                byte[] text = HexFormat.of().parseHex(String.valueOf(attack.get("hex")));
                client.send(Frontend.message('Q', Frontend.concat(text, new byte[1])));
            }
            list(attack, "messages").forEach(message -> say(client, message));
            // Where it asks for COPY data, the server gets an end of the session instead.
            client.send(Frontend.sync(), Frontend.terminate());
            client.readToEnd();
        }
    }

    private static void say(PgWire client, String message) {
        int space = message.indexOf(' ');
        String verb = space < 0 ? message : message.substring(0, space);
        String rest = space < 0 ? "" : message.substring(space + 1);
        int colon = rest.indexOf(':');
        String name = colon < 0 ? rest : rest.substring(0, colon);
        String value = colon < 0 ? "" : rest.substring(colon + 1).strip();
        switch (verb) {
            case "query" -> client.send(Frontend.query(rest));
            case "parse" -> client.send(Frontend.parse(name, value));
            case "bind" -> client.send(Frontend.bind(name, value));
            case "execute" -> client.send(Frontend.execute(name, 0));
            case "close" -> client.send(Frontend.closeStatement(name));
            case "sync" -> client.send(Frontend.sync());
            case "answered" -> client.readUntilReady();
            default -> throw new IllegalArgumentException(message);
        }
    }

    private static List<Map<?, ?>> attacks() throws IOException {
        String corpus = Files.readString(Path.of("..", "rules", "attack.yaml"));
        Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(corpus);
        List<Map<?, ?>> attacks = new ArrayList<>();
        for (Object entry : (List<?>) requireNonNull(root.get("attacks"))) {
            attacks.add((Map<?, ?>) entry);
        }
        return attacks;
    }

    private static List<String> list(Map<?, ?> attack, String key) {
        return attack.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
