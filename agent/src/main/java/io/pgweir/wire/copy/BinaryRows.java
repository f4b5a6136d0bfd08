package io.pgweir.wire.copy;

/**
 * Format binary.
 *
 * <pre>
 * "PGCOPY\n\377\r\n\0", Int32 flags, Int32 length of the extension, extension,
 * tuples times (Int16 fields, fields times (Int32 length or -1, value)), Int16 -1
 * </pre>
 */
final class BinaryRows extends CopyRows {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    /** Flags that a reader must know to read on; PostgreSQL knows none of them any more. */
    private static final int CRITICAL_FLAGS = 0xffff0000;

    private static final int TRAILER = -1;
    private static final int NULL = -1;

    private enum State {
        SIGNATURE,
        FLAGS,
        EXTENSION_LENGTH,
        EXTENSION,
        FIELDS,
        LENGTH,
        VALUE,
        ENDED,
        BROKEN
    }

    private State state = State.SIGNATURE;

    /** Bytes of the signature or of a number so far. */
    private int read;

    /** The number so far, big end first. */
    private int number;

    /** Bytes still to be stepped over. */
    private int left;

    /** Fields of the tuple still to come. */
    private int fields;

    @Override
    public void feed(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != State.BROKEN) {
            if (state == State.VALUE || state == State.EXTENSION) {
                int step = Math.min(left, to - at);
                left -= step;
                at += step;
                if (left == 0) {
                    passed();
                }
            } else {
                on(bytes[at++]);
            }
        }
    }

    private void on(byte b) {
        switch (state) {
            case SIGNATURE -> {
                if (b != SIGNATURE[read++]) {
                    state = State.BROKEN;
                } else if (read == SIGNATURE.length) {
                    to(State.FLAGS);
                }
            }
            case FLAGS, EXTENSION_LENGTH, LENGTH -> digit(b, Integer.BYTES);
            case FIELDS -> digit(b, Short.BYTES);
            // Nothing may follow the trailer.
            case ENDED, BROKEN, VALUE, EXTENSION -> state = State.BROKEN;
        }
    }

    private void digit(byte b, int size) {
        number = number << 8 | (b & 0xff);
        if (++read == size) {
            onNumber();
        }
    }

    private void onNumber() {
        switch (state) {
            case FLAGS -> to((number & CRITICAL_FLAGS) == 0 ? State.EXTENSION_LENGTH : State.BROKEN);
            case EXTENSION_LENGTH -> step(number, State.EXTENSION);
            case FIELDS -> onFields((short) number);
            case LENGTH -> step(number == NULL ? 0 : number, State.VALUE);
            case SIGNATURE, EXTENSION, VALUE, ENDED, BROKEN -> state = State.BROKEN;
        }
    }

    private void onFields(int count) {
        fields = count;
        if (count == TRAILER) {
            to(State.ENDED);
        } else if (count < 0) {
            to(State.BROKEN);
        } else {
            nextField();
        }
    }

    private void nextField() {
        if (fields == 0) {
            rows++;
            to(State.FIELDS);
        } else {
            fields--;
            to(State.LENGTH);
        }
    }

    private void step(int bytes, State through) {
        left = bytes;
        to(bytes < 0 ? State.BROKEN : through);
        if (bytes == 0) {
            passed();
        }
    }

    private void passed() {
        if (state == State.VALUE) {
            nextField();
        } else {
            to(State.FIELDS);
        }
    }

    private void to(State next) {
        state = next;
        read = 0;
        number = 0;
    }

    /** PostgreSQL takes a stream without its trailer, but not one that stops within a tuple. */
    @Override
    public void finish() {
        if (state != State.ENDED && (state != State.FIELDS || read != 0)) {
            state = State.BROKEN;
        }
    }

    @Override
    public boolean broken() {
        return state == State.BROKEN;
    }
}
