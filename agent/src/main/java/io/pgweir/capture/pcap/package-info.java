/**
 * Captures as packets, for Wireshark: every session is a TCP connection that looks as if it had been listened to. And the way back, up
 * to TCP: files of packets, put together again to what the two ends of a connection said.
 *
 * <p>Imports the package above and {@code wire}. Knows no message.
 */
@NullMarked
package io.pgweir.capture.pcap;

import org.jspecify.annotations.NullMarked;
