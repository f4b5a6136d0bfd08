package io.pgweir.auth;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import io.pgweir.wire.BackendMessage.Authentication;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One client at a time logs in here, to a {@link ScramServer}; and back, with what it proves, to a real server. */
final class ScramPort implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final Function<String, ScramServer> servers;
    private final @Nullable SSLContext tls;

    ScramPort(Function<String, ScramServer> servers) throws IOException {
        this(servers, null);
    }

    /** With it, every client asks for TLS first. */
    ScramPort(Function<String, ScramServer> servers, @Nullable SSLContext tls) throws IOException {
        this.servers = servers;
        this.tls = tls;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The last step of the next client's login. */
    Future<ScramServer.Step> next() {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket client = socket.accept()) {
                return serve(tls == null ? client : encrypted(tls, client));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Socket encrypted(SSLContext tls, Socket client) throws IOException {
        client.getInputStream().readNBytes(8);
        client.getOutputStream().write('S');
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(client, null, client.getPort(), true);
        socket.setUseClientMode(false);
        return socket;
    }

    private ScramServer.Step serve(Socket client) throws IOException {
        var in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        byte[] startup = in.readNBytes(in.readInt() - 4);
        String parameters = new String(startup, 4, startup.length - 4, StandardCharsets.UTF_8);
        int user = parameters.indexOf("user\0") + 5;
        ScramServer server = servers.apply(parameters.substring(user, parameters.indexOf('\0', user)));
        String offer = String.join("\0", server.mechanisms()) + "\0\0";
        out.write(request(Authentication.SASL, offer.getBytes(StandardCharsets.US_ASCII)));
        while (true) {
            in.readByte();
            ScramServer.Step step = server.onResponse(in.readNBytes(in.readInt() - 4));
            switch (step) {
                case ScramServer.Challenge challenge ->
                    out.write(request(Authentication.SASL_CONTINUE, challenge.data()));
                case ScramServer.Proven proven -> {
                    out.write(request(Authentication.SASL_FINAL, proven.data()));
                    out.write(request(Authentication.OK, new byte[0]));
                    out.write(Frontend.message('Z', (byte) 'I'));
                    return step;
                }
                case ScramServer.Refused refused -> {
                    String detail = refused.detail() == null ? "" : "D" + refused.detail() + "\0";
                    String fields =
                            "SFATAL\0VFATAL\0C" + refused.sqlState() + "\0M" + refused.message() + "\0" + detail;
                    out.write(Frontend.message('E', (fields + "\0").getBytes(StandardCharsets.UTF_8)));
                    return step;
                }
            }
        }
    }

    private static byte[] request(int code, byte[] rest) {
        return Frontend.message('R', Frontend.concat(Frontend.int4(code), rest));
    }

    /** What becomes of a login to a real server: all but a Done or a Failed goes on until there is one, or the server's error. */
    static String login(PgServer server, String user, NodeSecret secret) {
        return login(server, user, new NodeLogin(user, secret, false, null), false);
    }

    static String login(PgServer server, String user, NodeLogin login, boolean tls) {
        try (PgWire wire = PgWire.connect(server.host(), server.port())) {
            if (tls) {
                wire.requestTlsWithoutWaiting(PgWire.trusting());
            }
            wire.send(Frontend.startup(Frontend.PROTOCOL_3_0, Map.of("user", user, "database", "postgres")));
            for (Reply reply = wire.read(); reply != null; reply = wire.read()) {
                if (reply.type() != 'R') {
                    return reply.toString();
                }
                int code = ByteBuffer.wrap(reply.body()).getInt();
                byte[] rest = Arrays.copyOfRange(reply.body(), 4, reply.body().length);
                NodeLogin.Answer answer = login.onAuthentication(code, rest);
                switch (answer) {
                    case NodeLogin.Send send -> wire.send(Frontend.message('p', send.body()));
                    case NodeLogin.Wait waiting -> {}
                    case NodeLogin.Done done -> {
                        return "done";
                    }
                    case NodeLogin.Failed failed -> {
                        return failed.toString();
                    }
                }
            }
        }
        return "end";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
