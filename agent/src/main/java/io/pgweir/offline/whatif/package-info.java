/**
 * What rules would have done to sessions of a capture: the tracker and the rules of the proxy hear what was said, and nobody is sent
 * anything.
 */
@NullMarked
package io.pgweir.offline.whatif;

import org.jspecify.annotations.NullMarked;
