/**
 * Finds nodes by Patroni's REST API, of versions 2 to 4. What it does not know it overlooks, member by member.
 *
 * <p>Imports {@code topology} and {@code config}.
 */
@NullMarked
package io.pgweir.topology.patroni;

import org.jspecify.annotations.NullMarked;
