/**
 * What a session says, on its way into a capture: lanes around a session's own, which copy what flows by. Knows the relay, the
 * tracker and the capture's writer; nothing of sockets.
 */
@NullMarked
package io.pgweir.proxy.tap;

import org.jspecify.annotations.NullMarked;
