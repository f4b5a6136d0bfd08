package io.pgweir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgweir.proxy.judge.ResultJudge;
import io.pgweir.proxy.relay.Lane;
import io.pgweir.proxy.rows.CopyMask;
import io.pgweir.proxy.rows.MaskPlan;
import io.pgweir.proxy.rows.RowMask;
import io.pgweir.proxy.rows.ValueMask;
import io.pgweir.rules.Action;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.session.Execution;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.BackendMessage;
import io.pgweir.wire.CopyFormat;
import io.pgweir.wire.ErrorFields;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.PgCharset;
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
    private final ResultJudge judge;
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

    /** Asked of each row; null where no row changes what it says. */
    private @Nullable RuleSet counting;

    /** What {@link #counting} said last, and of how much: a row is looked at more than once. */
    private @Nullable ErrorFields judged;

    private long judgedRows = -1;
    private long judgedBytes;

    /** A rule wants the session over, not the result alone. */
    private boolean closing;

    /** Why nothing of this result may be shown. */
    private @Nullable ErrorFields refusal;

    /** What goes to the client before the message that was looked at last, or in its place. */
    private @Nullable ByteBuf own;

    private enum Flow {
        UNDECIDED,
        PLAIN,
        GUARDED
    }

    Results(
            Meaning meaning,
            MaskSources sources,
            ResultJudge judge,
            ByteBufAllocator allocator,
            ResultStop stop,
            int rowBytesMax) {
        this.meaning = meaning;
        this.sources = sources;
        this.judge = judge;
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
            end(reason);
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
        ErrorFields passed = bounds.passedBy(rows + moreRows, bytes + bodyLength);
        return passed != null || counting == null ? passed : judged(rows + moreRows, bytes + bodyLength);
    }

    /** What a rule that counts rows says of so many. */
    private @Nullable ErrorFields judged(long rowsNow, long bytesNow) {
        if (rowsNow != judgedRows || bytesNow != judgedBytes) {
            judged = judgeNow(rowsNow, bytesNow);
            judgedRows = rowsNow;
            judgedBytes = bytesNow;
        }
        return judged;
    }

    private @Nullable ErrorFields judgeNow(long rowsNow, long bytesNow) {
        Verdict verdict = judge(rowsNow, bytesNow);
        Action.Block block = verdict.block();
        Action.Close close = verdict.close();
        if (close != null) {
            remember(verdict);
            closing = true;
            return Refusal.ofRule(close.sqlState(), close.message());
        }
        if (block != null) {
            remember(verdict);
            return Refusal.ofRule(block);
        }
        return null;
    }

    private Verdict judge(long rowsNow, long bytesNow) {
        Execution running = meaning.tracker().answering();
        return running == null || counting == null
                ? Verdict.NONE
                : judge.judge(
                        counting, running, rowsNow, bytesNow, meaning.tracker().clientCharset(), meaning.nanos());
    }

    private void remember(Verdict verdict) {
        if (!verdict.hits().isEmpty()) {
            Verdict before = meaning.tracker().opinion() instanceof Verdict known ? known : Verdict.NONE;
            meaning.tracker().opineAnswered(before.and(verdict));
        }
    }

    /** The tracker is about to hear of a result's end: rules that only tell are asked once more. */
    void onEnding() {
        if (counting != null && !stop.isOn()) {
            remember(judge(rows, bytes));
        }
    }

    private void end(ErrorFields reason) {
        stop.begin(reason);
        if (closing) {
            stop.close();
        }
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
            counting = null;
            judgedRows = -1;
            closing = false;
        }
    }

    private void decide() {
        Verdict verdict = guarding();
        if (verdict == null) {
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
        if (!clause.encoding().isEmpty()) {
            source = source.in(PgCharset.of(clause.encoding()));
        }
        @Nullable ValueMask[] masks = masks(MaskPlan.ofCopy(source, clause, copy.columns()));
        copyMask = masks == null ? null : CopyMask.of(clause, masks, source.charset(), rowBytesMax);
    }

    private @Nullable ValueMask @Nullable [] masks(MaskPlan plan) {
        if (plan.refusal() != null) {
            refusal = refused(plan.refusal());
        }
        return plan.masks();
    }

    /** Null where no rule has a say in what the server answers next, which flows as it comes. */
    private @Nullable Verdict guarding() {
        Verdict verdict = meaning.tracker().opinion() instanceof Verdict known ? known : Verdict.NONE;
        Execution running = meaning.tracker().answering();
        counting = running == null
                ? null
                : judge.counting(running, meaning.tracker().clientCharset(), meaning.nanos());
        if (counting == null && !guards(verdict)) {
            flow = Flow.PLAIN;
            return null;
        }
        return verdict;
    }

    private static boolean guards(Verdict verdict) {
        return verdict.strongest() != null
                && (!verdict.masks().isEmpty()
                        || !verdict.limits().isEmpty()
                        || !verdict.budgets().isEmpty());
    }

    /** Of a portal that is executed piece by piece, goes on with what the pieces before had. */
    private @Nullable Execution begin(Verdict verdict) {
        Execution running = meaning.tracker().answering();
        flow = Flow.GUARDED;
        rows = running == null ? 0 : running.rows();
        bytes = running == null ? 0 : running.bytes();
        for (Action.Limit limit : verdict.limits()) {
            bounds.add(limit.rowsMax(), limit.bytesMax(), limit.sqlState(), limit.message());
        }
        for (Action.Budget budget : verdict.budgets()) {
            if (running != null) {
                bounds.add(
                        judge.rowsLeft(verdict, budget, running),
                        judge.bytesLeft(verdict, budget, running),
                        budget.sqlState(),
                        budget.message());
            }
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
        private @Nullable ErrorFields ofRows;
        private @Nullable ErrorFields ofBytes;

        Bounds() {
            clear();
        }

        void clear() {
            rowsMax = Long.MAX_VALUE;
            bytesMax = Long.MAX_VALUE;
            ofRows = null;
            ofBytes = null;
        }

        void add(long rows, long bytes, String sqlState, String message) {
            if (rows < rowsMax) {
                rowsMax = rows;
                ofRows = Refusal.ofRule(sqlState, message);
            }
            if (bytes < bytesMax) {
                bytesMax = bytes;
                ofBytes = Refusal.ofRule(sqlState, message);
            }
        }

        @Nullable
        ErrorFields passedBy(long rows, long bytes) {
            return rows > rowsMax ? ofRows : bytes > bytesMax ? ofBytes : null;
        }
    }
}
