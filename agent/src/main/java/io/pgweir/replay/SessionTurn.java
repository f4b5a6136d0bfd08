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
    private final ArrayDeque<Step.Ran> ran = new ArrayDeque<>();

    /** Statements of all sessions that were waited for, and that are done as far as is known here. */
    private long awaited;

    private long reached;

    /** @param then when its turn has come, on the loop */
    SessionTurn(CommitOrder order, EventLoop loop, Runnable then) {
        this.order = order;
        this.loop = loop;
        this.then = then;
    }

    /** Whether so many statements are done; where they are not, it is told when they are. */
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

    void onRan(Step.Ran statement) {
        ran.add(statement);
    }

    /** @param comes whether the server will yet be ready so often */
    void tellDone(LongPredicate comes) {
        for (Step.Ran next = ran.peek(); next != null && !comes.test(next.ready()); next = ran.peek()) {
            order.onDone(ran.remove().number(), System.nanoTime());
        }
    }
}
