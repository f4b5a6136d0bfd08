package io.pgweir.routing.split;

import io.pgweir.sql.SqlStatement;
import java.util.List;

/** What a block comment of the statement that reads {@code pgweir: leader} or {@code pgweir: replica} asks for. */
public enum Hint {
    NONE,
    LEADER,
    REPLICA;

    private static final String NAME = "pgweir";

    /** Where comments contradict each other: the leader. What is no hint is a comment like any other. */
    public static Hint of(SqlStatement statement) {
        List<String> words = statement.directives(NAME);
        if (words.isEmpty()) {
            return NONE;
        }
        return words.contains("leader") ? LEADER : words.contains("replica") ? REPLICA : NONE;
    }

    /** What {@code need} becomes where this hint is obeyed. A write, or anything else that is known to need the leader, goes there. */
    public Need appliedTo(Need need) {
        return switch (this) {
            case NONE -> need;
            case LEADER ->
                need.where() == Need.Where.LEADER
                        ? need
                        : new Need(Need.Where.LEADER, need.effect(), Reason.HINT_LEADER);
            case REPLICA ->
                Reason.isDoubt(need.reason()) ? new Need(Need.Where.ANY, Need.Effect.NONE, Reason.HINT_REPLICA) : need;
        };
    }
}
