package io.pgweir.lab;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * One message from the server: its type byte and its body without the length. {@link #toString} renders it for people
 * and assertions: {@code T(a:int4) D(1) C(SELECT 1) Z(I) E(ERROR 42601 syntax error)}.
 */
public record Reply(char type, byte[] body) {

    private static final Map<Integer, String> TYPES = Map.ofEntries(
            Map.entry(16, "bool"),
            Map.entry(17, "bytea"),
            Map.entry(19, "name"),
            Map.entry(20, "int8"),
            Map.entry(21, "int2"),
            Map.entry(23, "int4"),
            Map.entry(25, "text"),
            Map.entry(26, "oid"),
            Map.entry(114, "json"),
            Map.entry(700, "float4"),
            Map.entry(701, "float8"),
            Map.entry(1043, "varchar"),
            Map.entry(1082, "date"),
            Map.entry(1114, "timestamp"),
            Map.entry(1184, "timestamptz"),
            Map.entry(1700, "numeric"),
            Map.entry(2950, "uuid"),
            Map.entry(3802, "jsonb"));

    /** All of them on one line. */
    public static String line(List<Reply> replies) {
        return replies.stream().map(Reply::toString).collect(Collectors.joining(" "));
    }

    /** An error's or a notice's field by its code, e.g. {@code 'C'} for the SQLSTATE; empty when it is absent. */
    public String field(char code) {
        ByteBuffer in = ByteBuffer.wrap(body);
        while (in.remaining() > 1) {
            char found = (char) in.get();
            String value = string(in);
            if (found == code) {
                return value;
            }
        }
        return "";
    }

    @Override
    public String toString() {
        ByteBuffer in = ByteBuffer.wrap(body);
        return type
                + switch (type) {
                    case 'R' -> "(" + authentication(in) + ")";
                    case 'K' -> "(" + in.getInt() + " " + in.remaining() + " bytes)";
                    case 'S' -> "(" + string(in) + "=" + string(in) + ")";
                    case 'Z' -> "(" + (char) body[0] + ")";
                    case 'C' -> "(" + string(in) + ")";
                    case 'T' -> "(" + columns(in) + ")";
                    case 'D' -> "(" + values(in) + ")";
                    case 't' -> "(" + oids(in) + ")";
                    case 'E', 'N' -> "(" + field('S') + " " + field('C') + " " + field('M') + ")";
                    case 'A' -> "(" + in.getInt() + " " + string(in) + " " + string(in) + ")";
                    case 'G', 'H', 'W' -> "(" + (in.get() == 0 ? "text" : "binary") + " " + in.getShort() + ")";
                    case 'd' -> "(" + value(body) + ")";
                    case 'V' -> "(" + value(in) + ")";
                    case 'v' -> "(" + (in.getShort() + "." + in.getShort()) + " " + options(in) + ")";
                    default -> body.length == 0 ? "" : "(" + value(body) + ")";
                };
    }

    private static String string(ByteBuffer in) {
        var bytes = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            byte b = in.get();
            if (b == 0) {
                break;
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String authentication(ByteBuffer in) {
        int code = in.getInt();
        return code
                + switch (code) {
                    case 10 -> " " + mechanisms(in);
                    case 11, 12 -> " " + value(rest(in));
                    default -> "";
                };
    }

    private static String mechanisms(ByteBuffer in) {
        var names = new StringJoiner(" ");
        while (in.remaining() > 1) {
            names.add(string(in));
        }
        return names.toString();
    }

    private static String columns(ByteBuffer in) {
        var names = new StringJoiner(",");
        for (int n = in.getShort(); n > 0; n--) {
            String name = string(in);
            in.getInt();
            in.getShort();
            int oid = in.getInt();
            in.getShort();
            in.getInt();
            String type = TYPES.getOrDefault(oid, "oid" + oid);
            names.add(name + ":" + type + (in.getShort() == 0 ? "" : ":binary"));
        }
        return names.toString();
    }

    private static String values(ByteBuffer in) {
        var values = new StringJoiner(",");
        for (int n = in.getShort(); n > 0; n--) {
            values.add(value(in));
        }
        return values.toString();
    }

    private static String oids(ByteBuffer in) {
        List<String> names = new ArrayList<>();
        for (int n = in.getShort(); n > 0; n--) {
            int oid = in.getInt();
            names.add(TYPES.getOrDefault(oid, "oid" + oid));
        }
        return String.join(",", names);
    }

    private static String options(ByteBuffer in) {
        var names = new StringJoiner(" ");
        for (int n = in.getInt(); n > 0; n--) {
            names.add(string(in));
        }
        return names.toString();
    }

    private static String value(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0) {
            return "null";
        }
        byte[] value = new byte[length];
        in.get(value);
        return value(value);
    }

    /** Text when every byte of it can be printed, else hex; long values end in their length. */
    private static String value(byte[] value) {
        int shown = Math.min(value.length, 60);
        boolean printable = true;
        for (int i = 0; i < shown; i++) {
            printable &= (value[i] >= ' ' && value[i] < 127) || value[i] == '\t' || value[i] == '\n';
        }
        String text = printable
                ? new String(value, 0, shown, StandardCharsets.US_ASCII)
                : "0x" + HexFormat.of().formatHex(value, 0, shown);
        return text.replace("\n", "\\n").replace("\t", "\\t")
                + (shown < value.length ? "... " + value.length + " bytes" : "");
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
