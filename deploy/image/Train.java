import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the AOT cache (JEP 514) of a pgweir: has it start, serve sessions and end, and the JVM writes down what that took.
 *
 * <pre>
 *   java Train.java CACHE LAUNCHER
 * </pre>
 *
 * The launcher is the one that pgweir will be started by: a cache is of one JDK, one class path and one kind of heap. There is no
 * PostgreSQL where images are built, so the server that sessions are led to is this program: it lets everybody in and answers each
 * statement with one row.
 */
final class Train {
    private static final int SESSIONS = 20;
    private static final int STATEMENTS = 50;
    private static final int SSL_REQUEST = 80877103;
    private static final int PROTOCOL_3 = 196608;
    private static final long START_MILLIS = 60_000;
    private static final long END_SECONDS = 300;

    private Train() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: java Train.java CACHE LAUNCHER");
            System.exit(64);
        }
        Path cache = Path.of(args[0]).toAbsolutePath();
        Path work = Files.createTempDirectory("pgweir-train");
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> accept(server));
            int port = freePort();
            int admin = freePort();
            Files.writeString(work.resolve("pgweir.yaml"), config(server.getLocalPort(), port, admin));
            Process pgweir = start(cache, args[1], work);
            try {
                awaitReady(pgweir, admin);
                for (int session = 0; session < SESSIONS; session++) {
                    talk(port);
                }
                for (String path : List.of("/readyz", "/healthz", "/metrics", "/sessions", "/clusters", "/config")) {
                    get(admin, path);
                }
            } finally {
                pgweir.destroy();
            }
            if (!pgweir.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                pgweir.destroyForcibly();
                throw new IOException("pgweir did not end within " + END_SECONDS + " s");
            }
        } finally {
            delete(work);
        }
        if (!Files.isRegularFile(cache)) {
            throw new IOException("the JVM has not written " + cache);
        }
        System.out.println(cache + ": " + Files.size(cache) / 1024 + " KiB");
    }

    private static Process start(Path cache, String launcher, Path work) throws IOException {
        ProcessBuilder command =
                new ProcessBuilder(launcher, "run", "--config", work.resolve("pgweir.yaml").toString()).inheritIO();
        // One that is there already would be used, and only what it lacks be learnt.
        command.environment().put("PGWEIR_AOT_CACHE", work.resolve("none").toString());
        command.environment().put("PGWEIR_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache);
        return command.start();
    }

    /** What most agents have: a spool with a sink, rules, an admin side. */
    private static String config(int server, int port, int admin) {
        return """
                version: 1
                clusters: {main: {nodes: ["127.0.0.1:%d"]}}
                listeners: [{name: main, listen: "127.0.0.1:%d", cluster: main}]
                rules: {packs: [destructive-guard]}
                audit: {spool: {dir: spool}, sinks: [{file: {path: audit.ndjson}}]}
                admin: {listen: "127.0.0.1:%d"}
                """
                .formatted(server, port, admin);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void awaitReady(Process pgweir, int admin) throws Exception {
        long end = System.currentTimeMillis() + START_MILLIS;
        while (true) {
            try {
                get(admin, "/readyz");
                return;
            } catch (IOException notYet) {
                if (!pgweir.isAlive() || System.currentTimeMillis() > end) {
                    throw new IOException("pgweir does not get ready", notYet);
                }
                Thread.sleep(50);
            }
        }
    }

    private static void get(int admin, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + admin + path);
            var answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(path + ": " + answer.statusCode());
            }
        }
    }

    // The client.

    private static void talk(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write(ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array());
            if (in.readByte() != 'N') {
                throw new IOException("TLS is not expected here");
            }
            byte[] parameters = text("user", "train", "database", "train", "application_name", "train", "");
            out.write(ByteBuffer.allocate(8 + parameters.length).putInt(8 + parameters.length).putInt(PROTOCOL_3)
                    .put(parameters).array());
            readUntilReady(in);
            for (int i = 0; i < STATEMENTS; i++) {
                write(out, 'Q', text(statement(i)));
                readUntilReady(in);
                write(out, 'P', text("", "select a, b from t where id = $1"), bytes(0, 0));
                write(out, 'B', text("", ""), bytes(0, 0, 0, 1, 0, 0, 0, 1, '7', 0, 0));
                write(out, 'D', new byte[] {'P'}, text(""));
                write(out, 'E', text(""), bytes(0, 0, 0, 0));
                write(out, 'S');
                readUntilReady(in);
            }
            write(out, 'X');
        }
    }

    private static String statement(int i) {
        return switch (i % 6) {
            case 0 -> "begin";
            case 1 -> "select a, count(*) from t join u using (id) where t.b = 'x' group by a";
            case 2 -> "insert into t (a, b) values (1, 'two') returning id";
            case 3 -> "update t set a = a + 1 where id = 7";
            case 4 -> "commit";
            default -> "set application_name = 'train'";
        };
    }

    private static void readUntilReady(DataInputStream in) throws IOException {
        byte type;
        do {
            type = in.readByte();
            in.readFully(new byte[in.readInt() - 4]);
        } while (type != 'Z');
    }

    // The server.

    private static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            byte[] first = new byte[in.readInt() - 4];
            in.readFully(first);
            if (ByteBuffer.wrap(first).getInt() == SSL_REQUEST) {
                out.write('N');
                in.readFully(new byte[in.readInt() - 4]);
            }
            write(out, 'R', bytes(0, 0, 0, 0));
            write(out, 'S', text("server_version", "17.0"));
            write(out, 'S', text("standard_conforming_strings", "on"));
            write(out, 'S', text("client_encoding", "UTF8"));
            write(out, 'K', bytes(0, 0, 0, 1, 0, 0, 0, 2));
            write(out, 'Z', new byte[] {'I'});
            while (true) {
                byte type = in.readByte();
                byte[] body = new byte[in.readInt() - 4];
                in.readFully(body);
                if (type == 'X') {
                    return;
                }
                answer(out, type, body);
            }
        } catch (IOException over) {
            // The client has gone.
        }
    }

    private static void answer(OutputStream out, byte type, byte[] body) throws IOException {
        switch (type) {
            case 'P' -> write(out, '1');
            case 'B' -> write(out, '2');
            case 'D' -> write(out, 'T', column());
            case 'E' -> {
                write(out, 'D', bytes(0, 1, 0, 0, 0, 1, '7'));
                write(out, 'C', text("SELECT 1"));
            }
            case 'S' -> write(out, 'Z', new byte[] {'I'});
            case 'Q' -> {
                String sql = new String(body, 0, body.length - 1, StandardCharsets.UTF_8);
                if (sql.startsWith("select")) {
                    write(out, 'T', column());
                    write(out, 'D', bytes(0, 1, 0, 0, 0, 1, '7'));
                }
                write(out, 'C', text(tag(sql)));
                write(out, 'Z', new byte[] {(byte) (sql.equals("begin") ? 'T' : 'I')});
            }
            default -> throw new IOException("message " + (char) type);
        }
    }

    private static String tag(String sql) {
        return switch (sql.substring(0, sql.indexOf(' ') < 0 ? sql.length() : sql.indexOf(' '))) {
            case "select" -> "SELECT 1";
            case "insert" -> "INSERT 0 1";
            case "update" -> "UPDATE 1";
            case "begin" -> "BEGIN";
            case "commit" -> "COMMIT";
            default -> "SET";
        };
    }

    /** One column of type text. */
    private static byte[] column() {
        byte[] name = text("a");
        return ByteBuffer.allocate(2 + name.length + 18).putShort((short) 1).put(name).putInt(0).putShort((short) 0)
                .putInt(25).putShort((short) -1).putInt(-1).putShort((short) 0).array();
    }

    private static void write(OutputStream out, char type, byte[]... parts) throws IOException {
        int length = 4;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer message = ByteBuffer.allocate(1 + length).put((byte) type).putInt(length);
        for (byte[] part : parts) {
            message.put(part);
        }
        out.write(message.array());
    }

    private static byte[] text(String... texts) {
        return (String.join("\0", texts) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static void delete(Path dir) throws IOException {
        try (var paths = Files.walk(dir)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
