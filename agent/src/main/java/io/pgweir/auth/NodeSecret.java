package io.pgweir.auth;

/** What pgweir logs in to a server with, as a role. */
public sealed interface NodeSecret permits ClientKey, Password {}
