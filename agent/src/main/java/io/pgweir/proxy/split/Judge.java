package io.pgweir.proxy.split;

/** Who says whether a client is let in. */
public enum Judge {
    /** It asks the client itself, byte for byte. */
    LEADER,
    /** The client's certificate has proved who it is; the leader is told the role's secret by pgweir. */
    CERTIFICATE,
    /** The same, and where nobody knows that secret, the leader asks the client. */
    CERTIFICATE_OR_LEADER
}
