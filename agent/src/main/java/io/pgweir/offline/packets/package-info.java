/**
 * Captures out of packets that somebody else took: what two ends of a TCP connection said is read as the proxy reads it, by the same
 * relay, tracker and tap.
 */
@NullMarked
package io.pgweir.offline.packets;

import org.jspecify.annotations.NullMarked;
