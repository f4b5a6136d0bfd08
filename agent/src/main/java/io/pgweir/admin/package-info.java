/**
 * The HTTP side, for people and their tools: what pgweir knows of itself, and the few things it can be told. It reads
 * snapshots; it never touches a session's state from a thread of its own.
 */
@NullMarked
package io.pgweir.admin;

import org.jspecify.annotations.NullMarked;
