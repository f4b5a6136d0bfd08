package io.pgweir.equality;

import static io.pgweir.equality.Script.script;
import static io.pgweir.lab.Frontend.PROTOCOL_3_0;
import static io.pgweir.lab.Frontend.PROTOCOL_3_2;
import static io.pgweir.lab.Frontend.cancelRequest;
import static io.pgweir.lab.Frontend.concat;
import static io.pgweir.lab.Frontend.gssEncRequest;
import static io.pgweir.lab.Frontend.int4;
import static io.pgweir.lab.Frontend.query;
import static io.pgweir.lab.Frontend.sslRequest;
import static io.pgweir.lab.Frontend.startup;

import io.pgweir.equality.Script.Trait;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything before the first query: versions, options, negotiation, logins that fail, packets that are no startup. */
final class StartupScripts {

    private StartupScripts() {}

    static List<Script> all() {
        var all = new ArrayList<Script>();
        versions(all);
        parameters(all);
        passwords(all);
        negotiation(all);
        garbage(all);
        return all;
    }

    private static void versions(List<Script> all) {
        all.add(script("startup 3.2 with a long key")
                .login(PROTOCOL_3_2)
                .query("select 1")
                .end());
        all.add(script("startup 3.1").login(3 << 16 | 1).query("select 1").end());
        all.add(script("startup 3.3 is negotiated down")
                .login(3 << 16 | 3)
                .query("select 1")
                .end());
        all.add(script("startup 3.9999 with grease")
                .login(3 << 16 | 9999, "_pq_.test_protocol_negotiation", "")
                .query("select 1")
                .end());
        all.add(script("startup _pq_ options")
                .login(PROTOCOL_3_0, "_pq_.one", "1", "_pq_.two", "2")
                .query("select 1")
                .end());
        all.add(script("startup 3.2 with _pq_ option and a cancel")
                .login(PROTOCOL_3_2, "_pq_.x", "y")
                .send(query("select pg_sleep(30)"))
                .awaitActive()
                .cancel()
                .ready()
                .end());
        version(all, "2.0", 2 << 16);
        version(all, "4.0", 4 << 16);
        version(all, "0.0", 0);
        version(all, "1234.5680 as a startup packet", 1234 << 16 | 9);
    }

    private static void version(List<Script> all, String name, int version) {
        all.add(script("startup version " + name)
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(startup(version, Map.of("user", "postgres")))
                .closed()
                .end());
    }

    private static void parameters(List<Script> all) {
        all.add(script("startup with settings")
                .login(
                        "application_name",
                        "eq",
                        "client_encoding",
                        "LATIN1",
                        "TimeZone",
                        "Asia/Tokyo",
                        "DateStyle",
                        "German")
                .query("select current_setting('application_name'), now() is not null")
                .end());
        all.add(script("startup with options")
                .login("options", "-c statement_timeout=12345 -c search_path=a,\\ b")
                .query("show statement_timeout; show search_path")
                .end());
        all.add(script("startup with an unknown setting")
                .login("no_such_setting", "1")
                .end());
        all.add(script("startup with a bad value")
                .login("datestyle", "nonsense")
                .end());
        all.add(script("startup with bad options")
                .login("options", "--nonsense")
                .end());
        all.add(script("startup unknown database").login("database", "nowhere").end());
        all.add(script("startup unknown user").login("user", "nobody").end());
        all.add(script("startup database defaults to the user")
                .send(startup(PROTOCOL_3_0, Map.of("user", "postgres")))
                .ready()
                .query("select current_database()")
                .end());
        all.add(script("startup without a user")
                .send(startup(PROTOCOL_3_0, Map.of("database", "postgres")))
                .closed()
                .end());
        all.add(script("startup with a name of 100 bytes")
                .login("user", "u".repeat(100))
                .end());
        all.add(script("startup database not accepting connections")
                .login("database", "template0")
                .end());
        all.add(script("startup non-ASCII application name")
                .login("application_name", "naïve ☃")
                .query("show application_name")
                .end());
        all.add(script("startup and first query in one write")
                .send(startup(PROTOCOL_3_0, user("postgres")), query("select 1"))
                .ready()
                .ready()
                .end());
    }

    private static void passwords(List<Script> all) {
        all.add(script("login cleartext")
                .step(p -> p.login("eq_plain", "secret"))
                .query("select 1")
                .end());
        all.add(script("login cleartext refused")
                .step(p -> p.login("eq_plain", "wrong"))
                .closed()
                .end());
        all.add(script("login md5")
                .mask('R', Masks::emptied)
                .step(p -> p.login("eq_md5", "secret"))
                .query("select 1")
                .end());
        all.add(script("login scram")
                .mask('R', Masks::emptied)
                .step(p -> p.login("eq_scram", "secret"))
                .query("select 1")
                .end());
        all.add(script("login scram refused")
                .mask('R', Masks::emptied)
                .step(p -> p.login("eq_scram", "wrong"))
                .closed()
                .end());
        all.add(script("login scram abandoned by half-close")
                .send(startup(PROTOCOL_3_0, user("eq_scram")))
                .expect('R')
                .halfClose()
                .closed()
                .end());
        all.add(script("login scram answered with a Query")
                .send(startup(PROTOCOL_3_0, user("eq_scram")))
                .expect('R')
                .send(query("select 1"))
                .closed()
                .end());
        all.add(script("login scram with an unknown mechanism")
                .send(startup(PROTOCOL_3_0, user("eq_scram")))
                .expect('R')
                .send(io.pgweir.lab.Frontend.saslInitialResponse("SCRAM-FOO", "n,,n=,r=abc"))
                .closed()
                .end());
        all.add(script("login not allowed by hba")
                .send(startup(PROTOCOL_3_0, user("eq_refused")))
                .closed()
                .end());
    }

    private static void negotiation(List<Script> all) {
        all.add(script("negotiation SSLRequest without TLS")
                .negotiate(sslRequest())
                .login()
                .query("select 1")
                .end());
        all.add(script("negotiation GSSENCRequest")
                .negotiate(gssEncRequest())
                .login()
                .query("select 1")
                .end());
        all.add(script("negotiation GSSENC, then SSL")
                .negotiate(gssEncRequest())
                .negotiate(sslRequest())
                .login()
                .query("select 1")
                .end());
        all.add(script("negotiation SSL, then GSSENC")
                .negotiate(sslRequest())
                .negotiate(gssEncRequest())
                .login()
                .query("select 1")
                .end());
        all.add(script("negotiation SSLRequest twice")
                .trait(Trait.ANSWERED_BY_PROXY)
                .negotiate(sslRequest())
                .send(sslRequest())
                .closed()
                .end());
        all.add(script("negotiation SSLRequest, then half-close")
                .negotiate(sslRequest())
                .halfClose()
                .closed()
                .end());
        all.add(script("negotiation plaintext behind SSLRequest")
                .trait(Trait.WHOLE)
                .trait(Trait.ANSWERED_BY_PROXY)
                .negotiate(concat(sslRequest(), startup(PROTOCOL_3_0, user("postgres"))))
                .closed()
                .end());
        all.add(script("negotiation cancel of nothing")
                .send(cancelRequest(1, int4(2)))
                .closed()
                .end());
    }

    private static void garbage(List<Script> all) {
        garbage(all, "nothing at all");
        garbage(all, "half a length", (byte) 0, (byte) 0);
        garbage(all, "an HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        garbage(all, "length 0", int4(0));
        garbage(all, "length 3", int4(3));
        garbage(all, "length 7", concat(int4(7), new byte[] {1, 2, 3}));
        garbage(all, "negative length", concat(int4(-1), int4(PROTOCOL_3_0)));
        garbage(all, "the largest length", concat(int4(Integer.MAX_VALUE), int4(PROTOCOL_3_0)));
        garbage(all, "10005 bytes", concat(int4(10005), new byte[10001]));
        garbage(all, "a cut packet", concat(int4(100), int4(PROTOCOL_3_0), new byte[] {'u', 's', 'e', 'r', 0}));
        all.add(script("startup garbage: no terminator")
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(concat(int4(22), int4(PROTOCOL_3_0), "user\0postgres\0".getBytes(StandardCharsets.US_ASCII)))
                .closed()
                .end());
        all.add(script("startup garbage: bytes behind the terminator")
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(concat(int4(24), int4(PROTOCOL_3_0), "user\0postgres\0\0x".getBytes(StandardCharsets.US_ASCII)))
                .closed()
                .end());
        all.add(script("startup garbage: a name without a value")
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(concat(int4(13), int4(PROTOCOL_3_0), "user\0".getBytes(StandardCharsets.US_ASCII)))
                .closed()
                .end());
        all.add(script("startup garbage: cancel without a key")
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(concat(int4(12), int4(80877102), int4(1)))
                .closed()
                .end());
    }

    private static void garbage(List<Script> all, String name, byte... bytes) {
        all.add(script("startup garbage: " + name)
                .trait(Trait.ANSWERED_BY_PROXY)
                .send(bytes)
                .halfClose()
                .closed()
                .end());
    }

    static Map<String, String> user(String name) {
        var map = new LinkedHashMap<String, String>();
        map.put("user", name);
        map.put("database", "postgres");
        return map;
    }
}
