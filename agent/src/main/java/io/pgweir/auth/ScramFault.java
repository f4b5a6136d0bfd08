package io.pgweir.auth;

/** A message that SCRAM does not allow. */
final class ScramFault extends Exception {
    private ScramFault(String detail) {
        super(detail);
    }

    static ScramFault malformed(String detail) {
        return new ScramFault(detail);
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
