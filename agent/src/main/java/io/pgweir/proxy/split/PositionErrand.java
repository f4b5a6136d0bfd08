package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.RowView;
import java.nio.charset.StandardCharsets;

/** Reads an answer of one {@code pg_lsn}. */
abstract class PositionErrand implements Errand {
    private final RowView row = new RowView();
    private long position;

    /** @param found 0 where the node does not know, or would not say */
    abstract void onPosition(long found);

    @Override
    public void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (type == MessageType.Backend.DATA_ROW
                && row.wrap(buffer, bodyAt, bodyLength) == null
                && row.columns() == 1
                && row.length(0) > 0) {
            position = Freshness.position(buffer.toString(row.offset(0), row.length(0), StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void onEnd(String fault) {
        onPosition(fault.isEmpty() ? position : 0);
    }
}
