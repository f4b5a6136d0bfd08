package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.auth.NodeLogin;
import io.pgweir.auth.NodeSecret;
import io.pgweir.net.Sockets;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.MessageType;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Logs in to a node as the client has logged in to the leader. */
final class LoginErrand implements Errand {
    private final @Nullable NodeLogin login;
    private final NodeSession node;
    private final Consumer<String> then;
    private String fault = "";
    private boolean letIn;

    /** @param secret null where nobody knows one: then only a node that asks for none lets in */
    LoginErrand(
            String user,
            @Nullable NodeSecret secret,
            NodeConnection connection,
            NodeSession node,
            Consumer<String> then) {
        this.login = secret == null ? null : new NodeLogin(user, secret, connection.tls(), connection.endPoint());
        this.node = node;
        this.then = then;
    }

    @Override
    public void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (type != MessageType.Backend.AUTHENTICATION) {
            return;
        }
        if (bodyLength < Integer.BYTES) {
            fail("body length: " + bodyLength + " (expected: at least " + Integer.BYTES + ")");
            return;
        }
        int code = buffer.getInt(bodyAt);
        if (login == null) {
            letIn = code == BackendMessage.Authentication.OK;
            if (!letIn) {
                fail("the node asks for authentication " + code + ", and no secret of the role is known");
            }
            return;
        }
        byte[] rest = new byte[bodyLength - Integer.BYTES];
        buffer.getBytes(bodyAt + Integer.BYTES, rest);
        switch (login.onAuthentication(code, rest)) {
            case NodeLogin.Send(byte[] body) -> node.sayProof(body);
            case NodeLogin.Failed(boolean stale, String reason) -> fail(reason);
            case NodeLogin.Wait() -> {}
            case NodeLogin.Done() -> letIn = true;
        }
    }

    private void fail(String reason) {
        fault = reason;
        Sockets.close(node.channel());
    }

    @Override
    public void onEnd(String told) {
        if (fault.isEmpty() && told.isEmpty() && !letIn) {
            fail("the node serves before it has let in");
        }
        then.accept(fault.isEmpty() ? told : fault);
    }
}
