package io.pgweir.session;

import io.pgweir.sql.SqlStatement;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a message of the client will have the server do, before the server hears of it.
 *
 * @param step PARSE where the text is only parsed; BIND where values are bound; EXECUTE where something runs
 * @param statements of a Query all of them in their order; of all else the one, or none
 * @param also what it may run as well: what an SQL-level EXECUTE or FETCH names, what a name meant before a Parse that may
 *     fail, what the text is in other readings where a request in flight may change how texts are lexed
 * @param anything whether it may run what is not told here: a name that pgweir cannot be sure of, a text that was cut
 * @param intent of the Parse that brought the text within this segment, and that no Execute has stood on yet
 * @param parsed of what is run, what was thought of each Parse; empty where of one of them nothing was
 * @param bound of an Execute, what was thought of each Bind that it may stand on
 * @param types of a Bind, the OIDs of parameters as far as they are known, 0 where not
 */
public record Foreseen(
        Execution.Path path,
        Execution.Step step,
        List<SqlStatement> statements,
        List<SqlStatement> also,
        boolean anything,
        @Nullable String statementName,
        @Nullable String portalName,
        int functionOid,
        @Nullable UUID intent,
        List<Opinion> parsed,
        List<Opinion> bound,
        int[] types) {}
