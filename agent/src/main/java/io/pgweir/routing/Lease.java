package io.pgweir.routing;

/**
 * One session's place at a node, from before the connect to the session's end. Each outcome counts once; whatever comes after the
 * last is overlooked. Thread: one at a time.
 */
public final class Lease {
    private final Balancer balancer;
    private final String node;
    private final long beganNanos;
    private State state = State.CONNECTING;

    private enum State {
        CONNECTING,
        CONNECTED,
        OVER
    }

    Lease(Balancer balancer, String node, long beganNanos) {
        this.balancer = balancer;
        this.node = node;
        this.beganNanos = beganNanos;
    }

    public String node() {
        return node;
    }

    /** The node took the connection. */
    public void onConnected(long nowNanos) {
        if (state == State.CONNECTING) {
            state = State.CONNECTED;
            balancer.onConnected(node, nowNanos - beganNanos, nowNanos);
        }
    }

    /** The node did not take it: an outcome that speaks against the node. */
    public void onFailed(long nowNanos) {
        if (state == State.CONNECTING) {
            state = State.OVER;
            balancer.onFailed(node, nowNanos);
        }
    }

    /** The session is over; before it was connected, this says nothing of the node. */
    public void onEnded() {
        switch (state) {
            case CONNECTING -> balancer.onAbandoned(node);
            case CONNECTED -> balancer.onEnded(node);
            case OVER -> {}
        }
        state = State.OVER;
    }
}
