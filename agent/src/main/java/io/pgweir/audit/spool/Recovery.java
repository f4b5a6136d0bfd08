package io.pgweir.audit.spool;

import io.pgweir.audit.AuditRecord;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent found when it opened its spool.
 *
 * @param last last whole record; null where there is none
 * @param cut what was torn at the end and was cut off, oldest first; more than one where whole files went
 * @param damaged what holds no record between whole ones, in the newest segment; it stays where it is
 */
public record Recovery(@Nullable AuditRecord last, List<Damage> cut, List<Damage> damaged) {
    public Recovery {
        cut = List.copyOf(cut);
        damaged = List.copyOf(damaged);
    }

    public long cutBytes() {
        return cut.stream().mapToLong(Damage::bytes).sum();
    }

    /** Newest segment that was cut; null for none. */
    public @Nullable Path cutFile() {
        return cut.isEmpty() ? null : cut.getLast().file();
    }
}
