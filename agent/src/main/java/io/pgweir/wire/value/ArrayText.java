package io.pgweir.wire.value;

/**
 * Arrays of the types read here, as PostgreSQL prints them: {@code {1,2,NULL}}, {@code [0:1]={a,"b c"}}.
 *
 * <pre>
 * Int32 dimensions, Int32 1 where NULLs are in it, Int32 OID of the element type,
 * dimensions times (Int32 length, Int32 lower bound), elements times (Int32 length or -1, value)
 * </pre>
 */
final class ArrayText {
    private static final int HEADER_BYTES = 12;
    private static final int DIMENSIONS_MAX = 6;

    private final StringBuilder out;
    private final BinaryValue value;
    private final int elementOid;
    private final int[] lengths;

    private ArrayText(StringBuilder out, BinaryValue value, int elementOid, int[] lengths) {
        this.out = out;
        this.value = value;
        this.elementOid = elementOid;
        this.lengths = lengths;
    }

    static boolean append(StringBuilder out, BinaryValue value) {
        if (value.remaining() < HEADER_BYTES) {
            return false;
        }
        int dimensions = value.int32();
        int flags = value.int32();
        int elementOid = value.int32();
        if (dimensions < 0
                || dimensions > DIMENSIONS_MAX
                || (flags != 0 && flags != 1)
                || value.remaining() < dimensions * 2 * Integer.BYTES
                // An array of arrays is one array of more dimensions; a type that says otherwise would nest without
                // end.
                || PgType.isArray(elementOid)) {
            return false;
        }
        int[] lengths = new int[dimensions];
        int[] bounds = new int[dimensions];
        long elements = dimensions == 0 ? 0 : 1;
        boolean bounded = false;
        for (int i = 0; i < dimensions; i++) {
            lengths[i] = value.int32();
            bounds[i] = value.int32();
            elements *= lengths[i];
            bounded |= bounds[i] != 1;
            if (lengths[i] < 0 || elements > Integer.MAX_VALUE || (long) bounds[i] + lengths[i] > Integer.MAX_VALUE) {
                return false;
            }
        }
        if (elements == 0) {
            out.append("{}");
            return value.is(0);
        }
        if (elements > value.remaining() / Integer.BYTES) {
            return false;
        }
        if (bounded) {
            appendBounds(out, lengths, bounds);
        }
        return new ArrayText(out, value, elementOid, lengths).appendDimension(0) && value.is(0);
    }

    private static void appendBounds(StringBuilder out, int[] lengths, int[] bounds) {
        for (int i = 0; i < lengths.length; i++) {
            out.append('[')
                    .append(bounds[i])
                    .append(':')
                    .append(bounds[i] + lengths[i] - 1)
                    .append(']');
        }
        out.append('=');
    }

    /** Goes as deep as the array has dimensions, six at most. */
    private boolean appendDimension(int dimension) {
        out.append('{');
        for (int i = 0; i < lengths[dimension]; i++) {
            if (i > 0) {
                out.append(',');
            }
            boolean well = dimension + 1 < lengths.length ? appendDimension(dimension + 1) : appendElement();
            if (!well) {
                return false;
            }
        }
        out.append('}');
        return true;
    }

    private boolean appendElement() {
        if (value.remaining() < Integer.BYTES) {
            return false;
        }
        int length = value.int32();
        if (length == -1) {
            out.append("NULL");
            return true;
        }
        if (length < 0 || length > value.remaining()) {
            return false;
        }
        int start = out.length();
        if (!ValueText.appendBinary(out, elementOid, value.part(length))) {
            return false;
        }
        quoteWhereNeeded(start);
        return true;
    }

    private void quoteWhereNeeded(int start) {
        boolean needed = out.length() == start || isNull(start);
        for (int i = start; i < out.length() && !needed; i++) {
            char c = out.charAt(i);
            needed = c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
        }
        if (!needed) {
            return;
        }
        String plain = out.substring(start);
        out.setLength(start);
        out.append('"');
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    private boolean isNull(int start) {
        return out.length() - start == 4 && out.substring(start).equalsIgnoreCase("null");
    }
}
