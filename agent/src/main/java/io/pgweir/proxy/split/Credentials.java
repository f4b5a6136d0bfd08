package io.pgweir.proxy.split;

import io.netty.channel.EventLoop;
import io.pgweir.auth.ClientKey;
import io.pgweir.auth.KnownRole;
import io.pgweir.auth.Lookup;
import io.pgweir.auth.Md5Hash;
import io.pgweir.auth.NodeSecret;
import io.pgweir.auth.Password;
import io.pgweir.auth.RoleSecret;
import io.pgweir.auth.ScramVerifier;
import io.pgweir.auth.ScramWitness;
import io.pgweir.auth.Verifiers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a split session logs in to further nodes with: what its client has proved to the leader, or what its role's password is.
 *
 * <p>Thread: the session's event loop.
 */
final class Credentials {
    private static final Logger log = LoggerFactory.getLogger(Credentials.class);

    private final @Nullable Verifiers verifiers;
    private final EventLoop loop;
    private final String user;
    private final String database;
    private final Runnable onLookedUp;
    private final ScramWitness witness = new ScramWitness();
    private boolean letIn;
    private boolean lookedUp = true;
    private @Nullable RoleSecret known;
    private @Nullable NodeSecret secret;

    /**
     * @param verifiers null where nodes ask for no secret
     * @param onLookedUp run when {@link #isLookedUp} has become true
     */
    Credentials(@Nullable Verifiers verifiers, EventLoop loop, String user, String database, Runnable onLookedUp) {
        this.verifiers = verifiers;
        this.loop = loop;
        this.user = user;
        this.database = database;
        this.onLookedUp = onLookedUp;
    }

    String user() {
        return user;
    }

    /** Is to be shown what client and leader say to each other about who the client is. */
    ScramWitness witness() {
        return witness;
    }

    /** Asks what the role's secret is, while the leader asks the client to prove that it has it. */
    void lookUp() {
        if (verifiers != null) {
            lookedUp = false;
            verifiers.lookup(user, database).thenAcceptAsync(this::onLookup, loop);
        }
    }

    boolean isLookedUp() {
        return lookedUp;
    }

    private void onLookup(Lookup found) {
        lookedUp = true;
        switch (found) {
            case Lookup.Found(KnownRole role) -> known = role.secret();
            case Lookup.Absent() -> {}
            case Lookup.Unavailable(String reason) ->
                log.atWarn()
                        .addKeyValue("user", user)
                        .addKeyValue("error", reason)
                        .log("Verifiers cannot be asked");
        }
        take();
        onLookedUp.run();
    }

    /** The leader has let the client in: whatever it has proved, it has proved. */
    void onLetIn() {
        letIn = true;
        take();
    }

    /** The key, as soon as it can be had; the proof is kept no longer. */
    private void take() {
        if (letIn && lookedUp) {
            secret = switch (known) {
                case ScramVerifier verifier -> witness.key(verifier);
                case Password password -> password;
                case Md5Hash none -> null;
                case null -> null;
            };
            witness.close();
        }
    }

    /** Null where nobody knows one: then only a node that asks for none lets in. */
    @Nullable
    NodeSecret secret() {
        return secret;
    }

    /** The role's own, where a source has it: what logs in to the leader in the place of a client that need not prove anything there. */
    @Nullable
    Password password() {
        return known instanceof Password password ? password : null;
    }

    /**
     * Whether a server does not let in: class 28, Invalid Authorization Specification.
     *
     * @param fault begins with an SQLSTATE, where a server has said it
     */
    static boolean isRefusal(String fault) {
        return fault.startsWith("28");
    }

    /** A node did not take it: whoever comes next asks anew. */
    void onRefused() {
        if (verifiers != null) {
            verifiers.invalidate(user);
        }
    }

    /**
     * The same, and this session asks anew, where it is the role's password.
     *
     * @param then told, perhaps at once, whether that is another by now
     */
    void renew(Consumer<Boolean> then) {
        Password before = password();
        onRefused();
        if (verifiers == null || before == null) {
            then.accept(false);
            return;
        }
        verifiers.lookup(user, database).thenAcceptAsync(found -> then.accept(isOther(found, before)), loop);
    }

    private boolean isOther(Lookup found, Password before) {
        if (found instanceof Lookup.Found(KnownRole role)
                && role.secret() instanceof Password now
                && !now.isSame(before)) {
            known = now;
            if (secret == before) {
                secret = now;
            }
            return true;
        }
        return false;
    }

    /** The session is over. */
    void close() {
        letIn = false;
        witness.close();
        if (secret instanceof ClientKey key) {
            key.close();
        }
    }
}
