package io.pgweir.audit;

import io.pgweir.rules.Hit;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Verdict;
import io.pgweir.session.SessionListener;
import io.pgweir.session.Transaction;
import io.pgweir.sql.SqlStatement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who keeps records of one session: of what it does, and of what rules say of that. On the session's event loop. */
public interface SessionRecords extends SessionListener {
    /** Of every record of this session. */
    UUID session();

    /** Wall clock of a monotonic time, in microseconds since 1970: the same as in this session's records. */
    long micros(long nanos);

    /** The server let the client in, and the rules have said what they think of that. */
    void onLetIn(String method, Verdict verdict, long nanos);

    /** A rule wants somebody told; {@code statement} is null where it is about none. */
    void onAlert(Hit hit, String channel, Moment moment, @Nullable SqlStatement statement, long nanos);

    /** A transaction is over, and the rules have said what they think of it. */
    void onTransactionEnd(Transaction transaction, Verdict verdict);
}
