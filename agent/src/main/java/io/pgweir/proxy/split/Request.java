package io.pgweir.proxy.split;

import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.StatementKind;
import io.pgweir.wire.FrontendMessage;
import io.pgweir.wire.MessageType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of a client's, understood.
 *
 * @param runs whether something is done, and not only prepared
 * @param leads why the leader; null where a reader may do
 * @param uses the prepared statement that it names
 * @param parses the prepared statement that it makes
 * @param done what has happened when it has succeeded
 * @param fault why no server is to have it
 * @param show whether it is about the session's position
 * @param statement that it is about; null where there is none, or not only one
 * @param names what else of what the client has prepared it cannot be understood without
 * @param guessed whether what the session has defined may make something else of it
 */
record Request(
        byte type,
        Need need,
        boolean runs,
        @Nullable String leads,
        @Nullable Parsed uses,
        @Nullable Parsed parses,
        List<Segment.Done> done,
        byte @Nullable [] message,
        FrontendMessage content,
        OwnSetting.@Nullable Fault fault,
        Show show,
        @Nullable SqlStatement statement,
        List<Parsed> names,
        boolean guessed) {

    /** Whether it is a request of its own, and no Sync follows. */
    boolean isAlone() {
        return content instanceof FrontendMessage.Query || type == MessageType.Frontend.FUNCTION_CALL;
    }

    boolean is(StatementKind kind) {
        return isOf(uses, kind) || isOf(parses, kind) || done.stream().anyMatch(each -> isOf(each.statement(), kind));
    }

    private static boolean isOf(@Nullable Parsed parsed, StatementKind kind) {
        return parsed != null && isOf(parsed.statement(), kind);
    }

    private static boolean isOf(@Nullable SqlStatement statement, StatementKind kind) {
        return statement != null && statement.kind() == kind;
    }

    /** Whether something that it names is to be made on that node first: on a leader not within a batch, which that would end. */
    boolean isLackingOn(NodeSession node) {
        return !names.isEmpty()
                && !(node.leads && node.isOpen())
                && node.statements().lack(names);
    }

    Request onLeader(String why) {
        return new Request(
                type, need, runs, why, uses, parses, done, message, content, fault, show, statement, names, false);
    }

    Request refused(OwnSetting.Fault why) {
        return new Request(
                type, need, runs, leads, uses, null, List.of(), message, content, why, Show.NONE, statement, names,
                false);
    }

    /** Whether {@code pgweir.lsn} is asked for. */
    enum Show {
        NONE,
        ALONE,
        /** Among other statements of a query string. */
        AMONG
    }
}
