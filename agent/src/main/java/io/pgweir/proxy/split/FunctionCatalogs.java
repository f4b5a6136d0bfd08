package io.pgweir.proxy.split;

import io.netty.buffer.ByteBuf;
import io.pgweir.routing.split.Functions;
import io.pgweir.wire.MessageType;
import io.pgweir.wire.RowView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the databases of a cluster say of their functions: asked by the session that first wants to know, again after a while, and
 * after DDL that passed. Any thread.
 */
public final class FunctionCatalogs {
    private static final Logger log = LoggerFactory.getLogger(FunctionCatalogs.class);
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long ASKING_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final int COLUMNS = 4;

    /** An agent in front of more databases than this asks some of them again. */
    private static final int DATABASES_MAX = 256;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, List<Runnable>> waiting = new HashMap<>();

    /**
     * @param known whether somebody has been told, be it that nobody will
     * @param ddl how often DDL was seen, and {@code knownDdl} how often when whoever was told last had asked
     */
    private record Entry(Functions functions, long nanos, boolean known, int ddl, int knownDdl, boolean asking) {
        private static final Entry NONE = new Entry(Functions.NONE, 0, false, 0, 0, false);

        /** Nobody asks, or whoever does gets no answer, or does not read it. */
        boolean mayBeAsked(long now) {
            return !asking || now - nanos >= ASKING_NANOS_MAX;
        }

        boolean isSettled() {
            return known && ddl == knownDdl;
        }
    }

    /** Nothing but PostgreSQL's own, where nobody has asked yet. */
    Functions of(String database) {
        return entry(database).functions;
    }

    private Entry entry(String database) {
        Entry entry = entries.get(database);
        return entry == null ? Entry.NONE : entry;
    }

    /** Whether whoever can ask should; true to one of those who want to know at the same time. */
    boolean wants(String database, long nanos) {
        Entry entry = entry(database);
        boolean old = !entry.isSettled() || nanos - entry.nanos >= KEPT_NANOS;
        return old && entry.mayBeAsked(nanos) && begins(database, nanos);
    }

    private synchronized boolean begins(String database, long nanos) {
        if (entries.size() >= DATABASES_MAX && !entries.containsKey(database)) {
            entries.clear();
        }
        Entry entry = entry(database);
        if (!entry.mayBeAsked(nanos)) {
            return false;
        }
        entries.put(database, new Entry(entry.functions, nanos, entry.known, entry.ddl, entry.knownDdl, true));
        return true;
    }

    /** Whether somebody has been told, be it that nobody will. */
    boolean isKnown(String database) {
        return entry(database).known;
    }

    /** Whether what is known is from behind all DDL that was seen. */
    boolean isSettled(String database) {
        return entry(database).isSettled();
    }

    /** How much DDL was seen when it was read last. */
    int definitions(String database) {
        return entry(database).knownDdl;
    }

    /** Something was created or altered that functions may be. */
    synchronized void onDdl(String database) {
        entries.computeIfPresent(
                database,
                (same, entry) -> new Entry(
                        entry.functions, entry.nanos, entry.known, entry.ddl + 1, entry.knownDdl, entry.asking));
    }

    /** Reads the answer to {@link Functions#SQL}. */
    Errand ask(String database) {
        int asked = entry(database).ddl;
        return new Errand() {
            private final List<Functions.Row> rows = new ArrayList<>();
            private final RowView row = new RowView();
            private boolean whole = true;

            @Override
            public void on(byte type, ByteBuf buffer, int bodyAt, int bodyLength) {
                if (type != MessageType.Backend.DATA_ROW) {
                    return;
                }
                whole &= row.wrap(buffer, bodyAt, bodyLength) == null && row.columns() == COLUMNS;
                if (whole && rows.size() <= Functions.ROWS_MAX) {
                    rows.add(new Functions.Row(text(0, ""), optional(1), text(2, ""), optional(3)));
                }
            }

            private @Nullable String optional(int column) {
                return row.length(column) < 0 ? null : text(column, "");
            }

            private String text(int column, String absent) {
                return row.length(column) < 0
                        ? absent
                        : row.buffer().toString(row.offset(column), row.length(column), StandardCharsets.UTF_8);
            }

            @Override
            public void onEnd(String fault) {
                boolean told = fault.isEmpty() && whole;
                if (!told) {
                    log.atWarn()
                            .addKeyValue("database", database)
                            .addKeyValue("error", fault)
                            .log("Catalog could not be asked for functions: what calls one goes to the leader");
                }
                know(database, told ? Functions.of(rows) : of(database), asked);
            }

            @Override
            public void onGone(String fault) {
                forget(database);
            }
        };
    }

    /** The session that has asked is gone: another one asks. */
    private synchronized void forget(String database) {
        entries.computeIfPresent(
                database,
                (same, entry) -> new Entry(entry.functions, 0, entry.known, entry.ddl, entry.knownDdl, false));
        tell(database);
    }

    private synchronized void know(String database, Functions functions, int asked) {
        Entry entry = entry(database);
        entries.put(database, new Entry(functions, entry.nanos, true, entry.ddl, asked, false));
        tell(database);
    }

    private void tell(String database) {
        List<Runnable> all = waiting.remove(database);
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }

    /** {@code then} is run, on any thread, when whoever has asked has been told; at once where nobody has asked. */
    synchronized void whenTold(String database, Runnable then) {
        if (entry(database).asking) {
            waiting.computeIfAbsent(database, none -> new ArrayList<>()).add(then);
        } else {
            then.run();
        }
    }
}
