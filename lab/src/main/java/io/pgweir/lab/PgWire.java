package io.pgweir.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL client that sends exactly the bytes it is told ({@link Frontend} makes them) and shows exactly what comes
 * back. Blocking; for one thread. A read that takes longer than the timeout throws and says what had come until then.
 *
 * <pre>{@code
 * try (PgWire client = PgWire.login("127.0.0.1", port, Map.of("user", "postgres"), null)) {
 *     client.send(Frontend.query("select 1"));
 *     client.line();    // T(?column?:int4) D(1) C(SELECT 1) Z(I)
 * }
 * }</pre>
 */
public final class PgWire implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int BODY_BYTES_MAX = 1 << 30;

    private final Socket tcp;
    private final CutSocket cut;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private @Nullable SSLSocket tls;
    private DataInputStream in;
    private OutputStream out;
    private int pid;
    private byte[] cancelKey = {};

    private PgWire(String host, int port, @Nullable Cuts cuts) throws IOException {
        tcp = new Socket(host, port);
        tcp.setTcpNoDelay(true);
        tcp.setSoTimeout(TIMEOUT_MILLIS);
        cut = new CutSocket(tcp, cuts);
        in = recording(tcp.getInputStream());
        out = cut.getOutputStream();
    }

    /** A TCP connection on which nothing has been said yet. */
    public static PgWire connect(String host, int port) {
        return open(host, port, null);
    }

    /** As {@link #connect}, but every write leaves in random pieces of 1 to 7 bytes. */
    public static PgWire connectCutting(String host, int port, long seed) {
        return open(host, port, new Cuts(seed));
    }

    /** A session in protocol 3.0, without TLS, ready for its first query. */
    public static PgWire login(String host, int port, Map<String, String> parameters, @Nullable String password) {
        PgWire client = connect(host, port);
        client.login(Frontend.PROTOCOL_3_0, parameters, password);
        return client;
    }

    private static PgWire open(String host, int port, @Nullable Cuts cuts) {
        try {
            return new PgWire(host, port, cuts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a startup packet, answers whatever the server asks, and returns all that it said up to ReadyForQuery or its end. */
    public List<Reply> login(int version, Map<String, String> parameters, @Nullable String password) {
        var ordered = new LinkedHashMap<>(parameters);
        ordered.putIfAbsent("user", "postgres");
        ordered.putIfAbsent("database", "postgres");
        send(Frontend.startup(version, ordered));
        return authenticate(ordered.getOrDefault("user", ""), password);
    }

    /** Answers the server's authentication requests, to ReadyForQuery or the end. */
    private List<Reply> authenticate(String user, @Nullable String password) {
        var replies = new ArrayList<Reply>();
        @Nullable ScramClient scram = null;
        for (Reply reply = read(); reply != null; reply = read()) {
            replies.add(reply);
            if (reply.type() == 'Z') {
                break;
            }
            if (reply.type() == 'R') {
                scram = answer(reply.body(), user, password == null ? "" : password, scram);
            }
        }
        return replies;
    }

    private @Nullable ScramClient answer(byte[] request, String user, String password, @Nullable ScramClient scram) {
        try {
            int code = ByteBuffer.wrap(request).getInt();
            byte[] rest = Arrays.copyOfRange(request, 4, request.length);
            String text = new String(rest, StandardCharsets.UTF_8);
            switch (code) {
                case 3 -> send(Frontend.password(password));
                case 5 -> send(Frontend.password("md5" + md5(md5(password + user), rest)));
                case 10 -> {
                    SSLSocket encrypted = tls;
                    boolean plus = encrypted != null && text.contains("SCRAM-SHA-256-PLUS");
                    var started = new ScramClient(password, encrypted != null && plus ? certificate(encrypted) : null);
                    send(Frontend.saslInitialResponse(plus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256", started.first()));
                    return started;
                }
                case 11 -> {
                    if (scram != null) {
                        send(Frontend.saslResponse(scram.last(text)));
                    }
                }
                case 12 -> {
                    if (scram == null || !scram.isGenuine(text)) {
                        throw new IllegalStateException("the server does not know the password");
                    }
                }
                default -> {
                    // AuthenticationOk, or a method that this client has no answer to: the server decides.
                }
            }
            return scram;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the messages as one; they leave in one segment unless this client cuts. */
    public PgWire send(byte[]... messages) {
        try {
            byte[] bytes = Frontend.concat(messages);
            sent.writeBytes(bytes);
            out.write(bytes);
            out.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One byte outside of any message: the answer to SSLRequest or GSSENCRequest; -1 at the end of the stream. */
    public int readByte() {
        try {
            return in.read();
        } catch (SocketException reset) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next message; null when the server has closed, cleanly or not. */
    public @Nullable Reply read() {
        try {
            int type = in.read();
            if (type < 0) {
                return null;
            }
            int length = in.readInt() - 4;
            if (length < 0 || length > BODY_BYTES_MAX) {
                throw new IllegalStateException("length of " + (char) type + ": " + (length + 4) + " (expected: >= 4)");
            }
            byte[] body = new byte[length];
            in.readFully(body);
            var reply = new Reply((char) type, body);
            if (type == 'K') {
                pid = ByteBuffer.wrap(body).getInt();
                cancelKey = Arrays.copyOfRange(body, 4, body.length);
            }
            return reply;
        } catch (EOFException | SocketException ended) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All messages through one of this type; fewer when the server closes first. */
    public List<Reply> readThrough(char type) {
        var replies = new ArrayList<Reply>();
        try {
            for (Reply reply = read(); reply != null; reply = read()) {
                replies.add(reply);
                if (reply.type() == type) {
                    break;
                }
            }
        } catch (UncheckedIOException e) {
            throw waitedInVain(type + "", replies, e);
        }
        return replies;
    }

    public List<Reply> readUntilReady() {
        return readThrough('Z');
    }

    /** All messages until the server closes. */
    public List<Reply> readToEnd() {
        return readThrough('\0');
    }

    /** {@link #readUntilReady} on one line. */
    public String line() {
        return Reply.line(readUntilReady());
    }

    /** A simple query and its answer on one line. */
    public String query(String sql) {
        send(Frontend.query(sql));
        return line();
    }

    /** Every byte of the server so far, inside of TLS. */
    public byte[] received() {
        return received.toByteArray();
    }

    /** Every byte of ours so far, inside of TLS. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /** The server process of this session as BackendKeyData told it; 0 before. */
    public int pid() {
        return pid;
    }

    public byte[] cancelKey() {
        return cancelKey.clone();
    }

    /** Sends SSLRequest and goes on in TLS if the server agrees; without ALPN. */
    public boolean requestTls(SSLContext context) {
        send(Frontend.sslRequest());
        if (readByte() != 'S') {
            return false;
        }
        startTls(context);
        return true;
    }

    /** SSLRequest and ClientHello in one segment, as PostgreSQL 17 and later accept it. */
    public void requestTlsWithoutWaiting(SSLContext context, String... alpn) {
        cut.askWithFirstWrite(Frontend.sslRequest());
        startTls(context, alpn);
    }

    /** A handshake now: direct TLS when nothing was sent before. Names the application protocols where there are any. */
    public void startTls(SSLContext context, String... alpn) {
        try {
            SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(cut, "localhost", tcp.getPort(), true);
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(alpn);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            tls = socket;
            in = recording(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A context that believes any server, with the client's keys from {@code keys} if there are any. */
    public static SSLContext trusting(javax.net.ssl.KeyManager @Nullable ... keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new TrustEverybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public PgWire timeoutMillis(int millis) {
        try {
            tcp.setSoTimeout(millis);
            return this;
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends our direction (FIN) and goes on reading. */
    public void halfClose() {
        try {
            tcp.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Vanishes with RST. */
    public void reset() {
        try {
            tcp.setSoLinger(true, 0);
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the connection without Terminate. */
    @Override
    public void close() {
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DataInputStream recording(InputStream source) {
        return new DataInputStream(new java.io.FilterInputStream(source) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int n = super.read(target, offset, length);
                if (n > 0) {
                    received.write(target, offset, n);
                }
                return n;
            }
        });
    }

    private static IllegalStateException waitedInVain(String what, List<Reply> replies, UncheckedIOException e) {
        boolean timeout = e.getCause() instanceof SocketTimeoutException;
        return new IllegalStateException(
                (timeout ? "timeout" : e.getMessage()) + " while waiting for " + what + " after: "
                        + Reply.line(replies),
                e);
    }

    private static X509Certificate certificate(SSLSocket socket) throws GeneralSecurityException {
        try {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static String md5(String text, byte... salt) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("MD5");
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(salt));
    }

    /** Tests look at certificates themselves. */
    private static final class TrustEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
