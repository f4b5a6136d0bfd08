package io.pgweir.topology;

import java.util.List;
import java.util.Map;

/** Asks servers what they are. Thread: the monitor's. */
public interface NodeAsker extends AutoCloseable {

    /** One answer a member, by its name; waits no longer than its timeouts. */
    Map<String, Answer> ask(List<Member> members) throws InterruptedException;

    @Override
    void close();
}
