package io.pgweir.replay;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.function.LongPredicate;

/** One session's part in the {@link CommitOrder}: what it waits for, and what others wait for. Thread: the session's event loop. */
final class SessionTurn {
    private final CommitOrder order;
    private final EventLoop loop;
    private final Runnable then;

    /** Of its own, that the server is about to have done. */
    private final ArrayDeque<Step.Wrote> writes = new ArrayDeque<>();

    /** Writes of all sessions that were waited for, and that are done as far as is known here. */
    private long awaited;

    private long reached;

    /** @param then when its turn has come, on the loop */
    SessionTurn(CommitOrder order, EventLoop loop, Runnable then) {
        this.order = order;
        this.loop = loop;
        this.then = then;
    }

    /** Whether so many writes are done; where they are not, it is told when they are. */
    boolean hasCome(long number) {
        if (awaited >= number) {
            return reached >= number;
        }
        awaited = number;
        boolean done = order.isDone(number, () -> loop.execute(() -> onReached(number)), System.nanoTime());
        reached = done ? number : reached;
        return done;
    }

    private void onReached(long number) {
        reached = Math.max(reached, number);
        then.run();
    }

    void onWrote(Step.Wrote wrote) {
        writes.add(wrote);
    }

    /** @param comes whether the server will yet be ready so often */
    void tellDone(LongPredicate comes) {
        for (Step.Wrote next = writes.peek(); next != null && !comes.test(next.ready()); next = writes.peek()) {
            order.onDone(writes.remove().number(), System.nanoTime());
        }
    }
}
