package io.pgweir.proxy;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Names to addresses, by the system's resolver, which blocks. Any thread. */
public final class Resolver {
    private final Executor waiting;

    /** @param waiting where names may be waited for; never an event loop */
    public Resolver(Executor waiting) {
        this.waiting = waiting;
    }

    /** All addresses of {@code host}, in the system's order; completes on {@code loop}. */
    Future<InetAddress[]> resolve(String host, EventExecutor loop) {
        Promise<InetAddress[]> promise = loop.newPromise();
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            if (literal != null) {
                return promise.setSuccess(new InetAddress[] {InetAddress.getByAddress(host, literal)});
            }
            waiting.execute(() -> {
                try {
                    promise.trySuccess(InetAddress.getAllByName(host));
                } catch (UnknownHostException | RuntimeException failure) {
                    promise.tryFailure(failure);
                }
            });
        } catch (UnknownHostException | RejectedExecutionException failure) {
            promise.tryFailure(failure);
        }
        return promise;
    }
}
