package io.pgweir.boot;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.pgweir.admin.ReloadReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, or whoever else has set NOTIFY_SOCKET, that this process is ready, reads its configuration again, or stops: sd_notify(3).
 *
 * <p>What cannot be told is logged, and changes nothing. Any thread; a datagram goes, or not, without a wait.
 */
public final class ServiceManager {
    private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);

    private final @Nullable String address;

    /** @param address a path, or a name of Linux's abstract ones behind an {@code @}; null where nobody wants to be told */
    ServiceManager(@Nullable String address) {
        this.address = address;
    }

    public static ServiceManager of(Map<String, String> environment) {
        String address = environment.get("NOTIFY_SOCKET");
        return new ServiceManager(address == null || address.isEmpty() ? null : address);
    }

    public void ready() {
        ready("Listening");
    }

    /** @param status a sentence for {@code systemctl status} */
    private void ready(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    /** Has {@code agent} read its files again. */
    public void reload(Agent agent) {
        // CLOCK_MONOTONIC, which Type=notify-reload asks for, is what nanoTime reads on Linux.
        tell("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime())
                + "\nSTATUS=Reading the configuration again");
        ReloadReport report = agent.reload();
        ready(report.taken() ? "Listening" : "Listening; the changed configuration is no good, the log says why");
    }

    /** @param longest that stopping may take from now; longer than TimeoutStopSec, it counts in its place */
    public void stopping(Duration longest) {
        tell("STOPPING=1\nSTATUS=Waiting for transactions to end\nEXTEND_TIMEOUT_USEC="
                + TimeUnit.MILLISECONDS.toMicros(longest.toMillis()));
    }

    private void tell(String state) {
        if (address == null) {
            return;
        }
        try {
            send(state, address);
        } catch (IOException | RuntimeException | LinkageError failure) {
            log.atWarn()
                    .addKeyValue("socket", address)
                    .addKeyValue("state", state.substring(0, state.indexOf('\n')))
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("The service manager could not be told");
        }
    }

    /** The JDK has no datagrams of Unix-domain sockets; Netty's native library, which epoll needs too, has. */
    private static void send(String state, String address) throws IOException {
        if (!address.startsWith("/") && !address.startsWith("@")) {
            throw new IOException("NOTIFY_SOCKET: expected: a path, or @name");
        }
        if (!Epoll.isAvailable()) {
            throw new IOException("Netty's native library cannot be had");
        }
        byte[] text = state.getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(text.length).put(text);
        // An abstract name begins with a zero byte.
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        if (name[0] == '@') {
            name[0] = 0;
        }
        Socket socket = Socket.newSocketDomainDgram();
        try {
            int sent = socket.sendToDomainSocket(datagram, 0, text.length, name);
            if (sent != text.length) {
                throw new IOException("its queue is full");
            }
        } finally {
            socket.close();
        }
    }
}
