package io.pgweir.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** One scalar with its place in the file. */
public final class Item {
    private final ScalarNode node;
    private final String in;
    private final Faults faults;

    /** @param in whose value it is, before what is wrong with it */
    Item(ScalarNode node, String in, Faults faults) {
        this.node = node;
        this.in = in;
        this.faults = faults;
    }

    public String text() {
        return node.getValue();
    }

    public void fault(String message) {
        faults.add(node, in + message);
    }

    /**
     * Adds a fault within the text, where the file's lines are the text's: in one line without escapes, or in a block after
     * {@code |}; else at its beginning.
     *
     * @param line of the text, from 1
     * @param column in characters, from 1
     */
    public void fault(int line, int column, String message) {
        Optional<Mark> start = node.getStartMark();
        Optional<Mark> end = node.getEndMark();
        if (start.isEmpty() || end.isEmpty()) {
            fault(message);
            return;
        }
        int startLine = start.get().getLine() + 1;
        int startColumn = start.get().getColumn() + 1;
        int length = end.get().getColumn() + 1 - startColumn;
        boolean oneLine = end.get().getLine() + 1 == startLine;
        int quote = node.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1;
        if (node.getScalarStyle() == ScalarStyle.LITERAL) {
            faults.add(startLine + line, faults.indent(startLine + line) + column, in + message);
        } else if (oneLine && length == text().codePointCount(0, text().length()) + 2 * quote) {
            faults.add(startLine, startColumn + quote + column - 1, in + message);
        } else {
            fault(message);
        }
    }
}
