package io.pgweir.equality;

import static io.pgweir.equality.Script.script;

import io.pgweir.lab.Frontend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every built-in type as a parameter and as a column, in text and in binary. */
final class TypeScripts {

    private static final Map<String, String> LITERALS = new TreeMap<>(Map.ofEntries(
            Map.entry("bool", "t"),
            Map.entry("bytea", "\\x00ff5c27"),
            Map.entry("\"char\"", "c"),
            Map.entry("name", "a name"),
            Map.entry("int8", "-9223372036854775808"),
            Map.entry("int2", "-32768"),
            Map.entry("int4", "2147483647"),
            Map.entry("regproc", "now"),
            Map.entry("text", "it''s déjà vu ☃"),
            Map.entry("oid", "4294967295"),
            Map.entry("tid", "(1,2)"),
            Map.entry("xid", "4000000000"),
            Map.entry("cid", "7"),
            Map.entry("json", "{\"a\": [1, null]}"),
            Map.entry("point", "(1.5,-2)"),
            Map.entry("lseg", "[(0,0),(1,1)]"),
            Map.entry("path", "[(0,0),(1,1),(2,0)]"),
            Map.entry("box", "(1,1),(0,0)"),
            Map.entry("polygon", "((0,0),(1,1),(2,0))"),
            Map.entry("line", "{1,2,3}"),
            Map.entry("float4", "-1.5e-30"),
            Map.entry("float8", "NaN"),
            Map.entry("circle", "<(0,0),2>"),
            Map.entry("money", "12.34"),
            Map.entry("macaddr", "08:00:2b:01:02:03"),
            Map.entry("inet", "192.168.1.5/24"),
            Map.entry("cidr", "2001:db8::/32"),
            Map.entry("macaddr8", "08:00:2b:01:02:03:04:05"),
            Map.entry("bpchar(5)", "ab"),
            Map.entry("varchar(9)", "abcdefghi"),
            Map.entry("date", "infinity"),
            Map.entry("time", "23:59:59.999999"),
            Map.entry("timestamp", "2024-02-29 12:34:56.789"),
            Map.entry("timestamptz", "2024-02-29 12:34:56.789+02"),
            Map.entry("interval", "1 year 2 mons -3 days 04:05:06.7"),
            Map.entry("timetz", "12:34:56+05:30"),
            Map.entry("bit(5)", "10101"),
            Map.entry("varbit", "1010101010"),
            Map.entry("numeric", "-12345678901234567890.0123456789"),
            Map.entry("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            Map.entry("jsonb", "{\"b\": {\"c\": \"d\"}}"),
            Map.entry("jsonpath", "$.a[*]"),
            Map.entry("tsvector", "'fat':2 'rat':3"),
            Map.entry("tsquery", "'fat' & 'rat'"),
            Map.entry("pg_lsn", "16/B374D848"),
            Map.entry("int4range", "[1,10)"),
            Map.entry("numrange", "empty"),
            Map.entry("tstzrange", "[2024-01-01 00:00+00,)"),
            Map.entry("int4multirange", "{[1,2),[5,9)}"),
            Map.entry("int4[]", "{{1,2},{3,NULL}}"),
            Map.entry("text[]", "{\"a b\",NULL,\"\"}"),
            Map.entry("numeric[]", "{1.5,-2}"),
            Map.entry("bool[]", "{}"),
            Map.entry("oidvector", "1 2 3"),
            Map.entry("int2vector", "1 2 3")));

    private TypeScripts() {}

    static List<Script> all() {
        var scripts = new ArrayList<Script>();
        LITERALS.forEach((type, literal) -> {
            scripts.add(script("type " + type + " simple")
                    .login()
                    .query("select '" + literal + "'::" + type + " as v, null::" + type + " as n")
                    .end());
            scripts.add(roundTrip(type, literal.replace("''", "'")));
        });
        return scripts;
    }

    /** Text in, binary out; then that binary in and out again, and a null. */
    private static Script roundTrip(String type, String literal) {
        int[] binary = {1};
        return script("type " + type + " binary")
                .login()
                .extended(Frontend.parse("s", "select $1::" + type), Frontend.describeStatement("s"))
                .extended(
                        Frontend.bind("", "s", new int[0], new byte[][] {utf8(literal)}, binary),
                        Frontend.describePortal(""),
                        Frontend.execute("", 0))
                .step(player -> {
                    if (player.hasRow()) {
                        player.send(Frontend.concat(
                                Frontend.bind("", "s", binary, new byte[][] {player.lastValue()}, binary),
                                Frontend.execute("", 0),
                                Frontend.bind("p", "s", binary, new byte[][] {null}, new int[0]),
                                Frontend.execute("p", 0)));
                    }
                })
                .extended()
                .end();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
