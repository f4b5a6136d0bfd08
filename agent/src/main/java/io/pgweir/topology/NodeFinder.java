package io.pgweir.topology;

/** Knows which nodes a cluster has. Thread: the monitor's. */
public interface NodeFinder extends AutoCloseable {

    /** Waits no longer than its timeouts. */
    Finding find() throws InterruptedException;

    @Override
    void close();
}
