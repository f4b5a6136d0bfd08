package io.pgweir.routing;

import io.pgweir.routing.NodeCounts.Outcome;

/**
 * One session's place at a node, from before the connect to the session's end. Each outcome counts once; whatever comes after the
 * last is overlooked. Thread: one at a time.
 */
public final class Lease {
    private static final long NOT_REACHED = -1;

    private final Balancer balancer;
    private final String node;
    private final long beganNanos;
    private long tookNanos = NOT_REACHED;
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

    /** The node can be reached: that took so long, whether it takes the session or not. */
    public void onReached(long nowNanos) {
        tookNanos = nowNanos - beganNanos;
        balancer.onReached(node, tookNanos);
    }

    /** The node took the session. */
    public void onConnected(long nowNanos) {
        if (state == State.CONNECTING) {
            state = State.CONNECTED;
            if (tookNanos == NOT_REACHED) {
                onReached(nowNanos);
            }
            balancer.onConnected(node, tookNanos, nowNanos);
        }
    }

    /** The node did not take the connection: an outcome that speaks against the node. */
    public void onFailed(long nowNanos) {
        onFailed(Outcome.FAILED, nowNanos);
    }

    /** The node took the connection and not the session, which speaks against it as well. */
    public void onTurnedAway(long nowNanos) {
        onFailed(Outcome.TURNED_AWAY, nowNanos);
    }

    private void onFailed(Outcome how, long nowNanos) {
        if (state == State.CONNECTING) {
            state = State.OVER;
            balancer.onFailed(node, how, nowNanos);
        }
    }

    /** The session is over; before it was connected, this says nothing of the node. */
    public void onEnded(long nowNanos) {
        switch (state) {
            case CONNECTING -> balancer.onAbandoned(node, nowNanos);
            case CONNECTED -> balancer.onEnded(node, nowNanos);
            case OVER -> {}
        }
        state = State.OVER;
    }
}
