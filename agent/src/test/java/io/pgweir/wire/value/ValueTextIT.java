package io.pgweir.wire.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgweir.lab.PgServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real server sends each value in binary and prints it as text: both must read the same here. */
class ValueTextIT {
    private static final int VALUES = 3000;

    private static PgServer server;
    private static Connection connection;

    @BeforeAll
    static void start() throws SQLException {
        server = PgServer.builder().start();
        connection = server.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set TimeZone to 'UTC'; select setseed(0.42)");
        }
    }

    @AfterAll
    static void stop() throws SQLException {
        connection.close();
        server.close();
    }

    /** Runs {@code select v} of {@code values}, as type {@code type}, and compares every row. */
    private static void compare(String type, String values) throws SQLException {
        String sql = "select '" + type + "'::regtype::oid, format('%s', v), " + send(type) + "(v) from (" + values
                + ") a(v)";
        List<String> different = new ArrayList<>();
        int compared = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                String expected = rows.getString(2);
                ByteBuf binary = Unpooled.wrappedBuffer(rows.getBytes(3));
                var read = new StringBuilder();
                boolean well = ValueText.append(
                        read, rows.getInt(1), 1, binary, 0, binary.readableBytes(), StandardCharsets.UTF_8);
                if (!well || !read.toString().equals(expected)) {
                    different.add(expected + " read as " + read);
                }
                compared++;
            }
        }
        assertThat(different).as(type).isEmpty();
        assertThat(compared).isPositive();
    }

    private static String send(String type) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select typsend::text from pg_type where oid = '" + type + "'::regtype")) {
            row.next();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "bool|'t','f'",
                "bytea|'','\\x00ff5c'",
                "\"char\"|'','a','\\377','\\201'",
                "name|'','Ärger'",
                "text|'','null','ä€𝄞'",
                "varchar|'x'",
                "bpchar|'x  '",
                "json|'{ \"a\": 1 }'",
                "jsonb|'{ \"a\": 1 }','[1,\"ü\"]','null'",
                "uuid|'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
                "int2|'-32768','0','32767'",
                "int4|'-2147483648','0','2147483647'",
                "int8|'-9223372036854775808','0','9223372036854775807'",
                "oid|'0','4294967295'",
                "xid|'4294967295'",
                "xid8|'18446744073709551615'",
                "float8|'NaN','Infinity','-Infinity','0','-0','5e-324','1.7976931348623157e308','0.0001','0.00001','1e15','1e14','123456.789'",
                "float4|'NaN','Infinity','-Infinity','0','-0','1e-45','3.4028235e38','0.0001','0.00001','1e6','1e5','16777216','8.41e21'",
                "numeric|'NaN','Infinity','-Infinity','0','0.00','-0.00','1e1000','1e-1000','0.0001','-12345.6789','10000','99999999.99990000','1e131071'",
                "date|'2000-01-01','1999-12-31','0001-01-01','0001-12-31 BC','4714-11-24 BC','5874897-12-31','infinity','-infinity','2024-02-29'",
                "time|'00:00','24:00','23:59:59.999999','12:00:00.1'",
                "timetz|'00:00+0','24:00-15:59','12:00:00.5+05:30','01:02:03-00:00:01','01:02:03+15:59:59'",
                "timestamp|'2000-01-01','4714-11-24 00:00:00 BC','294276-12-31 23:59:59.999999','infinity','-infinity','0044-03-15 12:30 BC'",
                "timestamptz|'2000-01-01 00:00+02','4714-11-24 00:00:00+00 BC','294276-12-31 23:59:59.999999+00','infinity','-infinity'",
                "interval|'0','1 year 2 mons -3 days +04:05:06.7','-1 mon 1 day','-1 sec','-00:00:00.1','178000000 years','infinity','-infinity','-1 day +1 hour','1 day -1 hour','2562047788:00:54.775807','1 mon 1 day 1 us'",
                "inet|'1.2.3.4','1.2.3.4/24','0.0.0.0/0','::1','::','1::','::ffff:1.2.3.4','::1.2.3.4','2001:db8::1/64','1:0:0:2::3','1:0:2:0:3:0:4:0','::ffff:0:0','0:1::','1:2:3:4:5:6:7:8/1','::0.0.1.1','::2'",
                "cidr|'10.0.0.0/8','1.2.3.4/32','::/0','2001:db8::/32','::ffff:1.2.3.0/120'",
                "macaddr|'08:00:2b:01:02:03'",
                "macaddr8|'08:00:2b:01:02:03:04:05'",
                "int4[]|'{}','{1,NULL,-3}','[0:1]={1,2}','{{1,2},{3,4}}','[-1:0][5:6]={{1,2},{3,4}}','{{{{{{1}}}}}}'",
                "text[]|'{\"\",null,\"null\",\"NULL\",\"a b\",\"a,b\",\"{\",\"}\",\"\\\\\\\\\",\"\\\\\"\"}','{plain}'",
                "timestamptz[]|'{2000-01-01 00:00+00,infinity,NULL}'",
                "numeric[]|'{1.5,NaN}'",
                "bool[]|'{t,f}'",
                "jsonb[]|'{\"{\\\\\"a\\\\\": 1}\"}'",
                "interval[]|'{1 day,-1:00}'",
            })
    void remarkableValuesReadAsTheServerPrintsThem(String type, String literals) throws SQLException {
        compare(type, "select unnest(array[" + literals.replace("\\\\", "\\") + "]::text[])::" + type);
    }

    @Test
    void anyNumberReadsAsTheServerPrintsIt() throws SQLException {
        String series = " from generate_series(1, " + VALUES + ") g";
        compare("float8", "select (random() - 0.5) * 10::float8 ^ (random() * 600 - 300)::int" + series);
        compare("float8", "select round((random() * 1e6)::numeric, g % 7)::float8" + series);
        compare("float8", "select 2::float8 ^ g from generate_series(-1074, 1023) g");
        compare("float4", "select ((random() - 0.5) * 10::float8 ^ (random() * 70 - 36)::int)::float4" + series);
        compare("float4", "select (2::float8 ^ g)::float4 from generate_series(-149, 127) g");
        compare("numeric", "select round((random() - 0.5)::numeric * 10::numeric ^ (g % 40), g % 23)" + series);
        compare("numeric", "select (random()::numeric - 0.5) / 10::numeric ^ (g % 60)" + series);
    }

    @Test
    void anyMomentReadsAsTheServerPrintsIt() throws SQLException {
        String series = " from generate_series(1, " + VALUES + ") g";
        compare("date", "select '2000-01-01'::date + ((random() - 0.5) * 4e6)::int" + series);
        compare(
                "timestamp",
                "select '2000-01-01'::timestamp + ((random() - 0.5) * 2e6)::int * interval '1 day' + random() * interval '1 day'"
                        + series);
        compare("timestamptz", "select to_timestamp((random() - 0.5) * 2e11)" + series);
        compare("time", "select '00:00'::time + random() * interval '1 day'" + series);
        compare(
                "interval",
                "select make_interval(months => ((random() - 0.5) * 100)::int, days => ((random() - 0.5) * 100)::int, secs => ((random() - 0.5) * 1e6))"
                        + series);
        compare("inet", "select ('1::'::inet & '::'::inet) + (random() * 1e18)::int8 * (g % 3) + (g % 5)" + series);
    }
}
