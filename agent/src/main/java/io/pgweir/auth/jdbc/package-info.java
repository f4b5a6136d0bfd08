/**
 * Logins of pgweir's own to servers, by JDBC, and the verifiers that one of them reads from {@code pg_authid}.
 *
 * <p>Imports {@code auth} and {@code config}.
 */
@NullMarked
package io.pgweir.auth.jdbc;

import org.jspecify.annotations.NullMarked;
