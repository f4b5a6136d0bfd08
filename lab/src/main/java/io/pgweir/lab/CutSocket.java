package io.pgweir.lab;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket whose writes go out in random pieces, and which can put bytes before the first write and take one
 * byte off the first read: what a TLS handshake needs whose ClientHello follows an SSLRequest without waiting.
 */
final class CutSocket extends Socket {

    private final Socket socket;
    private final @Nullable Cuts cuts;
    private byte[] before = {};
    private boolean skipsOne;

    /** Cuts nothing when {@code cuts} is null. */
    CutSocket(Socket socket, @Nullable Cuts cuts) {
        this.socket = socket;
        this.cuts = cuts;
    }

    /** The first write carries {@code request} in front; the first byte read, its answer, is swallowed. */
    void askWithFirstWrite(byte[] request) {
        before = request;
        skipsOne = true;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream in = socket.getInputStream();
        if (!skipsOne) {
            return in;
        }
        return new java.io.FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (skipsOne) {
                    skipsOne = false;
                    int answer = in.read();
                    if (answer != 'S') {
                        throw new IOException("answer to SSLRequest: " + answer + " (expected: S)");
                    }
                }
                return in.read(target, offset, length);
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream out = socket.getOutputStream();
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                byte[] all = new byte[before.length + length];
                System.arraycopy(before, 0, all, 0, before.length);
                System.arraycopy(source, offset, all, before.length, length);
                before = new byte[0];
                if (cuts == null) {
                    out.write(all);
                } else {
                    cuts.write(out, all, 0, all.length);
                }
            }
        };
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public InetAddress getInetAddress() {
        return socket.getInetAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public int getPort() {
        return socket.getPort();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
