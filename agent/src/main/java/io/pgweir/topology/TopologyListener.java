package io.pgweir.topology;

import java.util.List;

/** Is told of each topology that differs from the one before. Thread: the monitor's, so it must not wait. */
@FunctionalInterface
public interface TopologyListener {

    /** @param transitions at least one */
    void onTransitions(List<Transition> transitions, Topology now);
}
