package io.pgweir.auth;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.PgServer;
import io.pgweir.lab.PgWire;
import io.pgweir.lab.Reply;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** Logins to real servers. */
final class Logins {
    private Logins() {}

    /** What becomes of a login to a real server: all but a Done or a Failed goes on until there is one, or the server's error. */
    static String login(PgServer server, String user, NodeSecret secret) {
        return login(server, user, new NodeLogin(user, secret, false, null), false);
    }

    static String login(PgServer server, String user, NodeLogin login, boolean tls) {
        return login(server, user, login, tls, new ScramWitness());
    }

    /** The same, watched. */
    static String login(PgServer server, String user, NodeLogin login, boolean tls, ScramWitness witness) {
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
                witness.onServer(reply.body());
                NodeLogin.Answer answer = login.onAuthentication(code, rest);
                switch (answer) {
                    case NodeLogin.Send send -> {
                        wire.send(Frontend.message('p', send.body()));
                        witness.onClient(send.body());
                    }
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
}
