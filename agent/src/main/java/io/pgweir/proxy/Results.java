package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.proxy.rows.CopyMask;
import io.pgweir.proxy.rows.MaskPlan;
import io.pgweir.proxy.rows.RowMask;
import io.pgweir.proxy.rows.ValueMask;
import io.pgweir.rules.Action;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.CopyFormat;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rules make of the rows that the server sends: masked, or no more of them.
 *
 * <pre>
 *   UNDECIDED --first row, CopyOutResponse--> PLAIN     nothing is asked of its rows: they stream
 *       ^                                     GUARDED   counted; where columns are masked, gathered and written anew
 *       '------- the result has ended ----------'
 * </pre>
 *
 * <p>Only a masked result's rows are gathered, each up to the bound on messages; a longer one ends the result, as a limit does.
 *
 * <p>Thread: the session's event loop.
 */
final class Results {
    private static final int OWN_BYTES = 16 * 1024;

    private final Meaning meaning;
    private final MaskSources sources;
    private final ByteBufAllocator allocator;
    private final ResultStop stop;
    private final int rowBytesMax;

    private Flow flow = Flow.UNDECIDED;

    /** As RowDescription told last; null where NoData did, or nothing yet. */
    private @Nullable List<BackendMessage.Column> columns;

    private @Nullable RowMask rowMask;
    private @Nullable CopyMask copyMask;

    /** Bounds of this result, inclusive, and what is said when they are passed. */
    private final Bounds bounds = new Bounds();

    private long rows;
    private long bytes;

    /** Of a COPY in csv or text, the header line; of one in binary, what is no row. */
    private boolean copiesBinary;

    /** Why nothing of this result may be shown. */
    private @Nullable ErrorFields refusal;

    /** What goes to the client before the message that was looked at last, or in its place. */
    private @Nullable ByteBuf own;

    private enum Flow {
        UNDECIDED,
        PLAIN,
        GUARDED
    }

    Results(Meaning meaning, MaskSources sources, ByteBufAllocator allocator, ResultStop stop, int rowBytesMax) {
        this.meaning = meaning;
        this.sources = sources;
        this.allocator = allocator;
        this.stop = stop;
        this.rowBytesMax = rowBytesMax;
    }

    /** As {@link Lane#look}, of a DataRow. */
    int lookAtRow(int bodyLength) {
        if (flow == Flow.PLAIN) {
            return Lane.STREAM;
        }
        if (flow == Flow.UNDECIDED) {
            decide();
            if (flow == Flow.PLAIN) {
                return Lane.STREAM;
            }
        }
        if (stop.isOn() || reasonToStop(bodyLength, 1) != null) {
            return Lane.DISCARD;
        }
        return rowMask == null ? Lane.STREAM : bodyLength;
    }

    /** As {@link Lane#look}, of a CopyData. */
    int lookAtCopyData(int bodyLength) {
        if (flow != Flow.GUARDED) {
            return Lane.STREAM;
        }
        if (stop.isOn() || reasonToStop(bodyLength, copiedRows(bodyLength)) != null) {
            return Lane.DISCARD;
        }
        return copyMask == null ? Lane.STREAM : bodyLength;
    }

    /** A DataRow or CopyData goes by, or goes nowhere, as {@link #lookAtRow} or {@link #lookAtCopyData} said. */
    void onStream(byte type, int bodyLength) {
        if (flow != Flow.GUARDED || stop.isOn()) {
            return;
        }
        int more = type == MessageType.Backend.DATA_ROW ? 1 : copiedRows(bodyLength);
        ErrorFields reason = reasonToStop(bodyLength, more);
        if (reason != null) {
            stop.begin(reason);
        } else {
            count(more, bodyLength);
        }
    }

    /** A row of a masked result, whole. */
    void onRow(ByteBuf buffer, int bodyAt, int bodyLength) {
        RowMask mask = rowMask;
        if (mask == null) {
            return;
        }
        meaning.tracker().onDataRow(bodyLength, meaning.nanos());
        if (mask.write(buffer, bodyAt, bodyLength, own(bodyLength))) {
            count(1, bodyLength);
        } else {
            stop.begin(refused("a row does not have the columns that were described"));
        }
    }

    /** Of a masked COPY, whole. */
    void onCopyData(ByteBuf buffer, int bodyAt, int bodyLength) {
        CopyMask mask = copyMask;
        if (mask == null) {
            return;
        }
        meaning.tracker().onBackendCopyData(buffer, bodyAt, bodyLength, true, true, meaning.nanos());
        if (mask.feed(buffer, bodyAt, bodyLength, own(bodyLength))) {
            count(copiedRows(bodyLength), bodyLength);
        } else {
            stop.begin(refused("a row of this COPY is longer than is masked, or has other columns"));
        }
    }

    private void count(int moreRows, int moreBytes) {
        rows += moreRows;
        bytes += moreBytes;
    }

    /** The server sends a row a message; of the binary format, a trailer of two bytes behind them. */
    private int copiedRows(int bodyLength) {
        return copiesBinary && bodyLength == Short.BYTES ? 0 : 1;
    }

    private @Nullable ErrorFields reasonToStop(int bodyLength, int moreRows) {
        if (refusal != null) {
            return refusal;
        }
        if ((rowMask != null || copyMask != null) && bodyLength > rowBytesMax) {
            return refused(
                    "a row is longer than is masked: " + bodyLength + " bytes (expected: at most " + rowBytesMax + ")");
        }
        return bounds.passedBy(rows + moreRows, bytes + bodyLength);
    }

    private static ErrorFields refused(String why) {
        return Refusal.ofRule(SqlState.INSUFFICIENT_PRIVILEGE, "result refused by a rule that masks columns: " + why);
    }

    /** What the tracker has heard just now; rows and COPY data have calls of their own. */
    void on(BackendMessage message) {
        switch (message) {
            case BackendMessage.RowDescription description -> columns = description.columns();
            case BackendMessage.NoData ignored -> columns = null;
            case BackendMessage.CopyOutResponse copy -> decideCopy(copy);
            case BackendMessage.CommandComplete ignored -> endResult();
            case BackendMessage.PortalSuspended ignored -> endResult();
            case BackendMessage.EmptyQueryResponse ignored -> endResult();
            case BackendMessage.ErrorResponse ignored -> endResult();
            case BackendMessage.ReadyForQuery ignored -> endResult();
            case BackendMessage.CopyDone ignored -> {
                if (copyMask != null && !copyMask.isBetweenRows() && !stop.isOn()) {
                    stop.begin(refused("this COPY ends within a row"));
                }
            }
            default -> {}
        }
    }

    /** A RowDescription went by that is too long to be looked into. */
    void onUnread() {
        columns = null;
    }

    private void endResult() {
        if (flow != Flow.UNDECIDED) {
            flow = Flow.UNDECIDED;
            rowMask = null;
            copyMask = null;
            refusal = null;
            bounds.clear();
        }
    }

    private void decide() {
        Verdict verdict = guarding();
        if (verdict == null) {
            flow = Flow.PLAIN;
            return;
        }
        Execution running = begin(verdict);
        if (verdict.masks().isEmpty()) {
            return;
        }
        if (columns == null) {
            refusal = refused("pgweir could not see which columns it has");
            return;
        }
        MaskPlan plan = MaskPlan.of(sources.of(verdict.masks(), running), columns);
        @Nullable ValueMask[] masks = masks(plan);
        rowMask = masks == null ? null : new RowMask(masks);
    }

    private void decideCopy(BackendMessage.CopyOutResponse copy) {
        Verdict verdict = guarding();
        if (verdict == null) {
            flow = Flow.PLAIN;
            return;
        }
        Execution running = begin(verdict);
        SqlStatement statement = running == null ? null : MaskSources.asked(running);
        CopyClause clause = statement == null ? null : statement.copy();
        copiesBinary = copy.format() == CopyFormat.BINARY;
        // A header line is none of the rows.
        rows -= clause != null && clause.header() && !copiesBinary ? 1 : 0;
        if (verdict.masks().isEmpty()) {
            return;
        }
        if (clause == null || copiesBinary != (clause.format() == CopyClause.Format.BINARY)) {
            refusal = refused("pgweir cannot tell which columns this COPY writes");
            return;
        }
        MaskPlan.Source source = sources.of(verdict.masks(), running);
        @Nullable ValueMask[] masks = masks(MaskPlan.ofCopy(source, clause, copy.columns()));
        copyMask = masks == null ? null : CopyMask.of(clause, masks, source.charset(), rowBytesMax);
    }

    private @Nullable ValueMask @Nullable [] masks(MaskPlan plan) {
        if (plan.refusal() != null) {
            refusal = refused(plan.refusal());
        }
        return plan.masks();
    }

    /** Null where no rule has a say in what the server answers next. */
    private @Nullable Verdict guarding() {
        return meaning.tracker().opinion() instanceof Verdict verdict && guards(verdict) ? verdict : null;
    }

    static boolean guards(Verdict verdict) {
        return verdict.strongest() != null
                && (!verdict.masks().isEmpty() || !verdict.limits().isEmpty());
    }

    /** Of a portal that is executed piece by piece, goes on with what the pieces before had. */
    private @Nullable Execution begin(Verdict verdict) {
        Execution running = meaning.tracker().answering();
        flow = Flow.GUARDED;
        rows = running == null ? 0 : running.rows();
        bytes = running == null ? 0 : running.bytes();
        for (Action.Limit limit : verdict.limits()) {
            bounds.add(limit);
        }
        return running;
    }

    void say(ByteBuf bytes) {
        own(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
    }

    private ByteBuf own(int bytesMore) {
        ByteBuf out = own;
        if (out == null) {
            out = allocator.buffer(Math.max(OWN_BYTES, bytesMore));
            own = out;
        }
        return out;
    }

    /** As {@link Lane#takeOwn}. */
    @Nullable
    ByteBuf takeOwn() {
        ByteBuf taken = own;
        own = null;
        if (taken != null && !taken.isReadable()) {
            taken.release();
            return null;
        }
        return taken;
    }

    /** How much may flow. */
    private static final class Bounds {
        private long rowsMax;
        private long bytesMax;
        private Action.@Nullable Limit ofRows;
        private Action.@Nullable Limit ofBytes;

        Bounds() {
            clear();
        }

        void clear() {
            rowsMax = Long.MAX_VALUE;
            bytesMax = Long.MAX_VALUE;
            ofRows = null;
            ofBytes = null;
        }

        void add(Action.Limit limit) {
            if (limit.rowsMax() < rowsMax) {
                rowsMax = limit.rowsMax();
                ofRows = limit;
            }
            if (limit.bytesMax() < bytesMax) {
                bytesMax = limit.bytesMax();
                ofBytes = limit;
            }
        }

        @Nullable
        ErrorFields passedBy(long rows, long bytes) {
            Action.Limit passed = rows > rowsMax ? ofRows : bytes > bytesMax ? ofBytes : null;
            return passed == null ? null : Refusal.ofRule(passed.sqlState(), passed.message());
        }
    }
}
