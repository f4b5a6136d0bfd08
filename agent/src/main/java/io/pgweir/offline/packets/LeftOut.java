package io.pgweir.offline.packets;

/** Why nothing of a connection is in the capture. */
public enum LeftOut {
    ENCRYPTED("encrypted (TLS or GSS)"),
    REFUSED("refused by the server before a login"),
    NOT_POSTGRESQL("not PostgreSQL's protocol"),
    NOT_SEEN("without a moment at which a message was seen to begin"),
    SILENT("without a word of the client's");

    private final String words;

    LeftOut(String words) {
        this.words = words;
    }

    /** Behind "connections that are", in words. */
    public String words() {
        return words;
    }
}
