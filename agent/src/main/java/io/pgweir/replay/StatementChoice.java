package io.pgweir.replay;

import io.netty.buffer.Unpooled;
import io.pgweir.capture.CaptureRecord.Message;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementClass;
import io.pgweir.sql.facts.FactsCache;
import io.pgweir.sql.facts.StatementFacts;
import io.pgweir.wire.FrontendDecoder;
import io.pgweir.wire.FrontendMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which messages of one session's client are run again, where not all of its statements are. What names a statement that is not goes with
 * it: Bind, Describe, Execute, Close, the data of its COPY. The reader's thread.
 */
final class StatementChoice {
    private static final int NAMES_MAX = 10_000;

    private final Options options;
    private final FactsCache facts;
    private final FrontendDecoder decoder = new FrontendDecoder();
    private final Set<String> statements = new HashSet<>();
    private final Set<String> portals = new HashSet<>();
    private boolean copies;

    /** @param facts may be shared */
    StatementChoice(Options options, FactsCache facts) {
        this.options = options;
        this.facts = facts;
    }

    /** @param named the statements that the message parses, binds or runs, see {@link SessionStatements#named()} */
    boolean leavesOut(Message message, List<SqlStatement> named) {
        FrontendMessage decoded = decoder.decodeHead(
                message.type(), Unpooled.wrappedBuffer(message.body()), 0, message.body().length, message.bodyLength());
        boolean out = switch (decoded) {
            case FrontendMessage.Query _ -> !isWanted(named);
            case FrontendMessage.Parse parse -> note(statements, parse.name(), !isWanted(named));
            case FrontendMessage.Bind bind ->
                note(
                        portals,
                        bind.body().portal(),
                        statements.contains(bind.body().statement()));
            case FrontendMessage.Execute execute -> portals.contains(execute.portal());
            case FrontendMessage.Describe(FrontendMessage.Target target, String name) ->
                names(target).contains(name);
            case FrontendMessage.Close(FrontendMessage.Target target, String name) ->
                names(target).contains(name);
            case FrontendMessage.FunctionCall _ -> true;
            case FrontendMessage.CopyData _, FrontendMessage.CopyDone _, FrontendMessage.CopyFail _ -> copies;
            default -> false;
        };
        copies = out;
        return out;
    }

    private Set<String> names(FrontendMessage.Target target) {
        return target == FrontendMessage.Target.STATEMENT ? statements : portals;
    }

    private static boolean note(Set<String> names, String name, boolean out) {
        if (!out) {
            names.remove(name);
        } else if (names.size() < NAMES_MAX) {
            names.add(name);
        }
        return out;
    }

    private boolean isWanted(List<SqlStatement> named) {
        for (SqlStatement statement : named) {
            if (!isWanted(statement)) {
                return false;
            }
        }
        return true;
    }

    private boolean isWanted(SqlStatement statement) {
        switch (statement.kind()) {
            case BEGIN, COMMIT, SAVEPOINT, RELEASE, ROLLBACK, ROLLBACK_TO, DISCARD_ALL -> {
                return true;
            }
            default -> {}
        }
        if (statement.statementClass() == StatementClass.MISC_SET) {
            return true;
        }
        return (options.fingerprints().isEmpty() || options.fingerprints().contains(statement.fingerprint()))
                && (!options.readOnly() || onlyReads(statement));
    }

    private boolean onlyReads(SqlStatement statement) {
        if (statement.statementClass() != StatementClass.READ) {
            return false;
        }
        StatementFacts known = facts.of(statement);
        return known.complete()
                && known.writes().isEmpty()
                && !known.locksRows()
                && !known.selectInto()
                && !known.writesInCte();
    }
}
