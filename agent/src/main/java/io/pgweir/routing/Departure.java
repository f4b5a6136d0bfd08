package io.pgweir.routing;

import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import io.pgweir.topology.Outage;
import io.pgweir.topology.Outage.Reason;
import io.pgweir.topology.Topology;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a session has to leave the node that it has.
 *
 * <p>A node that cannot be reached, starts, stops or is tagged keeps the sessions that it has: they know best whether it serves them.
 *
 * @param text behind the node's name, one line for people
 */
public record Departure(String text) {

    /**
     * Null where it may stay.
     *
     * @param was the node as it was known when the session was given it
     */
    public static @Nullable Departure of(Topology now, Node was, Wish wish, boolean onLag) {
        Node node = now.node(was.name());
        if (node == null) {
            return new Departure("is no member any more");
        }
        if (!node.address().equals(was.address()) || !Objects.equals(node.at(), was.at())) {
            return new Departure("has another address");
        }
        Outage outage = node.outage();
        if (outage != null && (outage.reason() == Reason.FOREIGN || (outage.reason() == Reason.LAG && onLag))) {
            return new Departure("is out: " + outage.reason().label() + ", " + outage.text());
        }
        if (wish.isContentWith(node.role())) {
            return null;
        }
        if (node.role() != NodeRole.UNKNOWN) {
            return new Departure("is " + node.role().label() + " now");
        }
        if (was.role() == NodeRole.LEADER && outage != null && outage.reason() == Reason.ROLE_UNPROVEN) {
            return new Departure("leads no more: " + outage.text());
        }
        return null;
    }
}
