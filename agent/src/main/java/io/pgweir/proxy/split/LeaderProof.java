package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.RowView;
import java.nio.charset.StandardCharsets;

/**
 * Has a node prove that it leads: one in recovery can name no WAL file to write to. The name's first eight digits are the timeline.
 */
abstract class LeaderProof implements Errand {
    static final String SQL =
            "SELECT pg_catalog.pg_walfile_name(l), l FROM pg_catalog.pg_current_wal_insert_lsn() AS l";

    private static final int TIMELINE_DIGITS = 8;
    private static final int HEXADECIMAL = 16;

    private final RowView row = new RowView();
    private int timeline;
    private long position;

    abstract void onLeads(int onTimeline, long at);

    /** @param why for people; {@link NodeSession#GONE} where there was no answer */
    abstract void onNot(String why);

    @Override
    public void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
        if (type != MessageType.Backend.DATA_ROW
                || row.wrap(buffer, bodyAt, bodyLength) != null
                || row.columns() != 2) {
            return;
        }
        String file = text(0);
        position = Freshness.position(text(1));
        try {
            timeline = file.length() < TIMELINE_DIGITS ? 0 : Integer.parseInt(file, 0, TIMELINE_DIGITS, HEXADECIMAL);
        } catch (NumberFormatException none) {
            timeline = 0;
        }
    }

    private String text(int column) {
        return row.length(column) < 0
                ? ""
                : row.buffer().toString(row.offset(column), row.length(column), StandardCharsets.US_ASCII);
    }

    @Override
    public void onEnd(String fault) {
        if (!fault.isEmpty()) {
            onNot(fault);
        } else if (timeline == 0 || position == 0) {
            onNot("no position in the WAL");
        } else {
            onLeads(timeline, position);
        }
    }
}
