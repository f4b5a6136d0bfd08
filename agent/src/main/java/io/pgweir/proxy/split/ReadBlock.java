package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.config.ReadsConfig;
import io.pgweir.routing.split.BlockStart;
import io.pgweir.routing.split.Need;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.MessageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A transaction block that runs on the reader, as long as all in it may: plain reads, and SET LOCAL.
 *
 * <pre>
 *   none --BEGIN--> open --COMMIT, ROLLBACK--> ending --ReadyForQuery--> none
 *                    |
 *                    '--anything else: BEGIN, SET LOCAL ... on the leader, ROLLBACK here--> none: the block is the leader's
 * </pre>
 *
 * <p>At READ COMMITTED a block that has only read has nothing that the leader could not begin anew: each statement sees what is
 * committed by then. Blocks of other isolation levels never begin here. Thread: the session's event loop.
 */
final class ReadBlock {
    /** More than these SET LOCAL, and the block moves. */
    private static final int SETTINGS_MAX = 64;

    private static final String READ_ONLY = "read-only";
    private static final String DEFERRED = "deferred";

    /** As a query that the client has run would have: behind it SET TRANSACTION is refused. */
    private static final String SNAPSHOT = "SELECT WHERE false";

    private final SplitSession session;
    private final Leader leading;
    private final ReadsConfig.Transactions wanted;
    private final BlockIsolation readerIsolation = new BlockIsolation();
    private final BlockIsolation leaderIsolation = new BlockIsolation();

    /** What makes the block again elsewhere. */
    private final List<String> begun = new ArrayList<>(2);

    /** Where the block is; null where there is none, or it is the leader's. */
    private @Nullable NodeSession node;

    private boolean readOnly;

    /** Of its node's last ReadyForQuery; I where that has not answered BEGIN yet. */
    private byte status = 'I';

    private boolean ending;
    private boolean moving;

    /** Something in it has needed a snapshot. */
    private boolean queried;

    ReadBlock(SplitSession session, Leader leading, ReadsConfig.Transactions wanted) {
        this.session = session;
        this.leading = leading;
        this.wanted = wanted;
    }

    /** Where it is; null where there is none, or it is the leader's. */
    @Nullable
    NodeSession node() {
        return node;
    }

    /** Whether the client has been told that it is in a block which is here. */
    boolean isIn() {
        return node != null && status != 'I';
    }

    byte status() {
        return status;
    }

    boolean isReadOnly() {
        return node != null && readOnly;
    }

    /** Whether what is asked next has to wait for the block's end. */
    boolean isEnding() {
        return node != null && ending;
    }

    /** @return why a reader: a word that people count by; null where the statement begins no block that may be there */
    @Nullable
    String begins(@Nullable SqlStatement statement) {
        if (wanted == ReadsConfig.Transactions.LEADER || statement == null || node != null) {
            return null;
        }
        return switch (BlockStart.of(statement)) {
            case NONE -> null;
            case READ_ONLY -> READ_ONLY;
            case PLAIN -> wanted == ReadsConfig.Transactions.DEFERRED ? DEFERRED : null;
        };
    }

    /** Why a request is sent to the reader. */
    String reason(@Nullable SqlStatement statement, Need need) {
        if (node != null) {
            return readOnly ? READ_ONLY : DEFERRED;
        }
        return Objects.requireNonNullElse(begins(statement), need.reason());
    }

    /**
     * Whether a request may run where the block is.
     *
     * @param statement null where it has none, or several
     */
    boolean keeps(@Nullable SqlStatement statement, Need need) {
        if (need.where() == Need.Where.ANY) {
            return true;
        }
        if (statement == null) {
            return false;
        }
        boolean ends = statement.kind() == StatementKind.COMMIT || statement.kind() == StatementKind.ROLLBACK;
        if (ends) {
            return BlockStart.isEnd(statement);
        }
        return status == 'E'
                || (begun.size() <= SETTINGS_MAX
                        && BlockStart.isLocalSetting(statement, need)
                        && !isTold(session.statements().settingOf(statement)));
    }

    /** Whether a client hears of that setting when it changes, which a leader tells: of a role because of is_superuser. */
    private boolean isTold(@Nullable String setting) {
        if (setting == null || setting.equals("role") || setting.equals("session_authorization")) {
            return true;
        }
        for (String told : leading.node().parameters().keySet()) {
            if (told.equalsIgnoreCase(setting)) {
                return true;
            }
        }
        return false;
    }

    /** Whether blocks are READ COMMITTED, there and at the leader; null where nobody knows yet: it is asked. */
    @Nullable
    Boolean isReadCommitted(NodeSession reader) {
        Boolean there = there(reader);
        Boolean led = led();
        if (isNo(there) || isNo(led)) {
            return false;
        }
        return there == null ? null : led;
    }

    private static boolean isNo(@Nullable Boolean known) {
        return known != null && !known;
    }

    private @Nullable Boolean there(NodeSession reader) {
        return readerIsolation.isReadCommitted(reader, reader.settings);
    }

    /** While there is no leader, what the last one said counts; where it was not asked, the next one is to run the block. */
    private @Nullable Boolean led() {
        NodeSession leader = leading.node();
        int version = session.settings().version();
        return leading.isThere()
                ? leaderIsolation.isReadCommitted(leader, version)
                : Boolean.valueOf(leaderIsolation.isKnownReadCommitted(leader, version));
    }

    /** Whether a block may begin behind what has been sent there already. */
    boolean mayBeginBehind(NodeSession reader) {
        return readerIsolation.isKnownReadCommitted(reader, reader.settings)
                && leaderIsolation.isKnownReadCommitted(
                        leading.node(), session.settings().version());
    }

    /** Something that needs a snapshot is sent there: what has to come before any query cannot follow. */
    void onQuery(NodeSession where) {
        queried |= where == node;
    }

    /** The node is asked to run that. */
    void onAsked(NodeSession where, List<Segment.Done> parts) {
        for (Segment.Done part : parts) {
            SqlStatement statement = part.statement();
            if (statement == null) {
                continue;
            }
            if (node == null) {
                BlockStart start = BlockStart.of(statement);
                if (start != BlockStart.NONE) {
                    node = where;
                    readOnly = start == BlockStart.READ_ONLY;
                    status = 'I';
                    ending = false;
                    queried = false;
                    begun.clear();
                    begun.add(statement.text());
                }
            } else if (BlockStart.isEnd(statement)) {
                ending = true;
            } else if (BlockStart.isLocalSetting(statement, part.need())) {
                begun.add(statement.text());
            }
        }
    }

    /** A ReadyForQuery of that node. */
    void onReady(NodeSession of, byte now) {
        if (of == node) {
            status = now;
            if (now == 'I' && !of.isAnsweringClient()) {
                node = null;
            }
        }
    }

    /**
     * Whether a request goes where the block is, at once; else it is to be asked again.
     *
     * @param may whether it may run there
     * @param bound whether it goes on with a portal, which sees what there was when it was bound
     */
    boolean takes(boolean may, boolean bound) {
        NodeSession here = Objects.requireNonNull(node);
        if (moving) {
            return false;
        }
        if (ending) {
            here.cut();
            return false;
        }
        if (may && (bound || status == 'E' || session.harvest().isFresh(here))) {
            return true;
        }
        here.cut();
        if (here.isQuiet() && leading.isThere()) {
            move(here);
        }
        return false;
    }

    private void move(NodeSession here) {
        moving = true;
        NodeSession leader = leading.node();
        leader.run(again(leader), fault -> {
            moving = false;
            if (leader.isEnded() && !here.isEnded()) {
                session.later();
            } else if (leader.isEnded() || !fault.isEmpty()) {
                session.onBlockLost();
            } else {
                boolean failed = status == 'E';
                leave(here);
                session.onStatus((byte) 'T');
                if (failed) {
                    fail();
                }
            }
        });
    }

    /** What makes the block once more. */
    private ByteBuf again(NodeSession there) {
        if (begun.size() > 1) {
            session.ties().onSetting();
        }
        String sql = String.join("; ", begun);
        return MessageWriter.query(there.channel().alloc(), session.charset(), queried ? sql + "; " + SNAPSHOT : sql);
    }

    private void leave(NodeSession from) {
        node = null;
        if (!from.isEnded()) {
            from.run(MessageWriter.query(from.channel().alloc(), "ROLLBACK"), fault -> {});
        }
    }

    /**
     * What that node was asked last is run again on the leader, which has the block then.
     *
     * @return whether that can be: not where more is under way
     */
    boolean movesWith(NodeSession from) {
        if (from != node) {
            return true;
        }
        boolean movable = !moving
                && status != 'E'
                && leading.isThere()
                && from.unanswered().isOneOfClients()
                && !from.isOpen();
        if (movable) {
            boolean in = status != 'I';
            leave(from);
            if (in) {
                beginAgain();
            }
        }
        return movable;
    }

    /** Whatever is sent behind it is sent at once: should it fail, reads only have run without it. */
    private void beginAgain() {
        NodeSession leader = leading.node();
        leader.run(again(leader), fault -> {
            if (!fault.isEmpty()) {
                session.onBlockLost();
            }
        });
        session.onStatus((byte) 'T');
    }

    /** The node is gone: the leader has the block now, as it was. */
    void onEnded(NodeSession gone) {
        readerIsolation.onEnded(gone);
        if (gone != node || (moving && leading.isThere())) {
            return;
        }
        boolean in = status != 'I';
        boolean failed = status == 'E';
        if (in && !leading.isThere()) {
            session.onBlockLost();
        } else if (in) {
            beginAgain();
            if (failed) {
                fail();
            }
        }
        node = null;
    }

    /** In the leader's block, so that it is one that has failed. */
    void fail() {
        NodeSession leader = leading.node();
        leader.run(MessageWriter.query(leader.channel().alloc(), Segment.REFUSED), fault -> {});
        session.onStatus((byte) 'E');
    }
}
