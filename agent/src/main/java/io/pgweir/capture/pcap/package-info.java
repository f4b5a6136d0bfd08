/**
 * Captures as packets, for Wireshark: every session is a TCP connection that looks as if it had been listened to.
 *
 * <p>Imports the package above and {@code wire}.
 */
@NullMarked
package io.pgweir.capture.pcap;

import org.jspecify.annotations.NullMarked;
