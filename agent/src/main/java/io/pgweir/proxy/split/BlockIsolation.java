package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.MessageWriter;
import io.pgweir.wire.RowView;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Whether blocks of a session begin at READ COMMITTED where BEGIN does not say: roles, databases and files of a server may set that, too.
 * Asked once, and again when the session has set something. On the session's event loop.
 */
final class BlockIsolation {
    private static final String SQL = "SHOW default_transaction_isolation";
    private static final String READ_COMMITTED = "read committed";

    private @Nullable NodeSession asked;
    private int askedVersion;
    private boolean readCommitted;

    /**
     * Asks where it is not known.
     *
     * @param version of the settings that the node has
     * @return null where nobody knows yet
     */
    @Nullable
    Boolean isReadCommitted(NodeSession node, int version) {
        if (asked == node && askedVersion == version) {
            return readCommitted;
        }
        if (node.isQuiet() && !node.isEnded()) {
            node.run(MessageWriter.query(node.channel().alloc(), SQL), new Answer(node, version));
        }
        return null;
    }

    /** Whether it is known, and so. */
    boolean isKnownReadCommitted(NodeSession node, int version) {
        return asked == node && askedVersion == version && readCommitted;
    }

    void onEnded(NodeSession gone) {
        if (asked == gone) {
            asked = null;
        }
    }

    private final class Answer implements Errand {
        private final NodeSession node;
        private final int version;
        private final RowView row = new RowView();
        private boolean committed;

        Answer(NodeSession node, int version) {
            this.node = node;
            this.version = version;
        }

        @Override
        public void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
            if (type == MessageType.Backend.DATA_ROW
                    && row.wrap(buffer, bodyAt, bodyLength) == null
                    && row.columns() == 1
                    && row.length(0) > 0) {
                committed = buffer.toString(row.offset(0), row.length(0), StandardCharsets.US_ASCII)
                        .equals(READ_COMMITTED);
            }
        }

        @Override
        public void onEnd(String fault) {
            asked = node;
            askedVersion = version;
            readCommitted = committed;
        }
    }
}
