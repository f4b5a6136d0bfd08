package io.pgweir.proxy.split;

import io.pgweir.routing.split.Need;
import io.pgweir.routing.split.OwnSetting;
import io.pgweir.routing.split.Reason;
import io.pgweir.sql.SqlStatement;
import io.pgweir.wire.FrontendMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Understands what a client asks: what it needs, names and leaves, by what has been prepared and bound before.
 *
 * <p>Thread: the session's event loop.
 */
final class RequestReader {
    private static final int NAMES_MAX = 4096;

    private static final Need UNKNOWN = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.UNKNOWN_STATEMENT);
    private static final Need PORTAL = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.CURSOR);
    private static final Need TAKEN = new Need(Need.Where.LEADER, Need.Effect.NONE, Reason.PREPARED_STATEMENT);
    private static final List<Parsed> NO_NAMES = List.of();

    private final SplitSession session;
    private final Leader leading;

    /** What portals of this batch or transaction run. */
    private final Map<String, Parsed> portals = new HashMap<>(4);

    RequestReader(SplitSession session, Leader leading) {
        this.session = session;
        this.leading = leading;
    }

    /** The client closes that portal. */
    void onClose(String portal) {
        portals.remove(portal);
    }

    /**
     * @param message null where it is too long to be kept
     * @param current where the client's requests go
     */
    Request read(byte type, FrontendMessage content, byte @Nullable [] message, NodeSession current) {
        List<Segment.Done> done = new ArrayList<>(1);
        Parsed uses = null;
        Parsed parses = null;
        Need need = Need.READ;
        boolean runs = true;
        OwnSetting.Fault fault = null;
        Parsed meant = null;
        List<Parsed> names = NO_NAMES;
        switch (content) {
            case FrontendMessage.Query(String sql) -> {
                need = session.statements().needOf(sql, done);
                fault = fault(done);
                names = names(done);
            }
            case FrontendMessage.Parse(String name, String sql, int[] types) -> {
                List<Segment.Done> parts = new ArrayList<>(1);
                need = session.statements().needOf(sql, parts);
                SqlStatement statement =
                        parts.isEmpty() ? null : parts.getFirst().statement();
                fault = fault(parts);
                names = names(parts);
                Parsed taken = name.isEmpty() ? null : session.statements().prepared(name);
                if (taken != null) {
                    // The server is to refuse it, by what it knows.
                    need = TAKEN;
                    names = List.of(taken);
                } else {
                    parses = fault == null ? new Parsed(name, statement, message) : null;
                }
                meant = parses;
                runs = false;
            }
            case FrontendMessage.Bind bind -> {
                String name = bind.body().statement();
                uses = session.statements().prepared(name);
                need = outlivesBatch(bind.body().portal()) ? PORTAL : needOf(uses);
                meant = uses;
                names = names(uses, need);
                Parsed bound = uses;
                if (bound == null || portals.size() >= NAMES_MAX) {
                    portals.remove(bind.body().portal());
                } else {
                    portals.put(bind.body().portal(), bound);
                }
                runs = false;
            }
            case FrontendMessage.Describe(FrontendMessage.Target target, String name) -> {
                boolean prepared = target == FrontendMessage.Target.STATEMENT;
                meant = prepared ? session.statements().prepared(name) : portals.get(name);
                uses = prepared ? meant : null;
                need = needOf(meant);
                names = names(uses, need);
                runs = false;
            }
            case FrontendMessage.Execute(String portal, int rows) -> {
                Parsed bound = portals.get(portal);
                need = needOf(bound);
                meant = bound;
                done.add(new Segment.Done(need, bound == null ? null : bound.statement()));
            }
            case FrontendMessage.Close ignored -> {
                boolean away = current != leading.node()
                        && (current.isOpen() || session.block().node() == current);
                need = away ? Need.READ : UNKNOWN;
                runs = false;
            }
            default -> {
                need = UNKNOWN;
                done.add(new Segment.Done(need, null));
            }
        }
        if (message == null) {
            need = tooLong(need, done);
        }
        SqlStatement statement = alone(meant, done);
        String leads = session.destinations().whyLeader(need, statement);
        Request.Show show = fault == null ? show(meant, done) : Request.Show.NONE;
        boolean guessed = session.destinations().isGuessed(need, leads);
        return new Request(
                type, need, runs, leads, uses, parses, done, message, content, fault, show, statement, names, guessed);
    }

    private static Need tooLong(Need need, List<Segment.Done> parts) {
        Need longer = ClientStatements.tooLong(need, null);
        for (Segment.Done part : parts) {
            longer = ClientStatements.tooLong(longer, part.statement());
        }
        return longer;
    }

    private List<Parsed> names(List<Segment.Done> parts) {
        List<Parsed> names = NO_NAMES;
        for (Segment.Done part : parts) {
            names = named(part.statement(), part.need(), names);
        }
        return names;
    }

    /** What a statement names that is prepared itself. */
    private List<Parsed> names(@Nullable Parsed prepared, Need need) {
        if (prepared == null) {
            return NO_NAMES;
        }
        return prepared.definition() == null ? named(prepared.statement(), need, NO_NAMES) : List.of(prepared);
    }

    private List<Parsed> named(@Nullable SqlStatement statement, Need need, List<Parsed> before) {
        if (statement == null || !session.statements().namesPrepared(statement, need)) {
            return before;
        }
        List<Parsed> names = new ArrayList<>(before);
        session.statements().addNamed(statement, names);
        return names;
    }

    /** Whether it may be left open in a block that is on a standby: a block with one cannot move. */
    private boolean outlivesBatch(String portal) {
        return !portal.isEmpty() && session.block().node() != null;
    }

    private static @Nullable SqlStatement alone(@Nullable Parsed prepared, List<Segment.Done> parts) {
        if (prepared != null) {
            return prepared.statement();
        }
        return parts.size() == 1 ? parts.getFirst().statement() : null;
    }

    /** @param prepared that it is about; null where it brings its own text */
    private static Request.Show show(@Nullable Parsed prepared, List<Segment.Done> parts) {
        if (prepared != null) {
            return shows(prepared.statement()) ? Request.Show.ALONE : Request.Show.NONE;
        }
        for (Segment.Done part : parts) {
            if (shows(part.statement())) {
                return parts.size() == 1 ? Request.Show.ALONE : Request.Show.AMONG;
            }
        }
        return Request.Show.NONE;
    }

    private static boolean shows(@Nullable SqlStatement statement) {
        return statement != null && statement.command().equals("SHOW") && OwnSetting.isShown(statement, OwnSetting.LSN);
    }

    /** Of settings that pgweir reads, which a server would take as they are. */
    private OwnSetting.@Nullable Fault fault(List<Segment.Done> parts) {
        for (Segment.Done part : parts) {
            SqlStatement statement = part.statement();
            if (statement != null && part.need().reason().equals(Reason.SETTING) && !session.isFailed()) {
                for (OwnSetting setting : OwnSetting.of(statement)) {
                    OwnSetting.Fault fault = setting.fault();
                    if (fault != null) {
                        return fault;
                    }
                }
            }
        }
        return null;
    }

    /** As the catalog has it by now. */
    private Need needOf(@Nullable Parsed parsed) {
        if (parsed == null) {
            return UNKNOWN;
        }
        return session.statements().needOf(parsed);
    }
}
