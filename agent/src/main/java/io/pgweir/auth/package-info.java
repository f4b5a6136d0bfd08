/**
 * Who a client is, without its password: SCRAM-SHA-256 with clients, answered from a role's verifier, and with servers, by the
 * key that the client's proof reveals; where verifiers come from, in rooms of their own.
 *
 * <p>Imports {@code wire} and {@code config}. Must never know a channel; what it holds of secrets it neither prints nor logs.
 */
@NullMarked
package io.pgweir.auth;

import org.jspecify.annotations.NullMarked;
