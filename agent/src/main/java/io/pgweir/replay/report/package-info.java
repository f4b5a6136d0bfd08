/**
 * What came of a replay as a page and as JSON, and back from JSON.
 *
 * <p>Imports {@code replay capture}; must never know a connection.
 */
@NullMarked
package io.pgweir.replay.report;

import org.jspecify.annotations.NullMarked;
