/**
 * The language of the wire: packets, messages, views over their bodies, decoders, what the proxy itself says, SQLSTATE.
 *
 * <p>Imports netty-buffer and nothing of ours. Must never know a channel, a session or a rule.
 */
@NullMarked
package io.pgweir.wire;

import org.jspecify.annotations.NullMarked;
