package io.pgweir.equality;

import io.pgweir.lab.Frontend;
import io.pgweir.lab.Reply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What a client does, as data: statements that prepare the ground, then steps. A {@link Player} plays it against an
 * address and keeps the bytes of each connection.
 *
 * @param setup run by a superuser at the server itself before each play; empty for none
 */
record Script(
        String name,
        String setup,
        List<Consumer<Player>> steps,
        Set<Trait> traits,
        Map<Character, UnaryOperator<Reply>> masks) {

    /** What a play of this script may legitimately do differently from another. */
    enum Trait {
        /** A proxy may give the answer itself: same severity and SQLSTATE, its own words; the server may see nothing. */
        ANSWERED_BY_PROXY,
        /** The client or the server says what the protocol does not foresee: what it means is a guess. */
        BREAKS_PROTOCOL,
        /** What is recorded depends on the moment: on a position in the log, on how much was sent before an error came. */
        RECORDS_VARY,
        /** PostgreSQL's own answer depends on how the bytes arrive, so they must arrive whole. */
        WHOLE
    }

    static Builder script(String name) {
        return new Builder(name);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Steps in order. */
    static final class Builder {

        private final String name;
        private String setup = "";
        private final List<Consumer<Player>> steps = new ArrayList<>();
        private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
        private final Map<Character, UnaryOperator<Reply>> masks = new LinkedHashMap<>();

        private Builder(String name) {
            this.name = name;
        }

        Builder setup(String sql) {
            setup = sql;
            return this;
        }

        Builder trait(Trait trait) {
            traits.add(trait);
            return this;
        }

        /** Replies of this type are compared after this change: values that differ from play to play. */
        Builder mask(char type, UnaryOperator<Reply> mask) {
            masks.put(type, mask);
            return this;
        }

        /** Compares only how many rows there are, not what is in them. */
        Builder maskRows() {
            return mask('D', Masks::emptied);
        }

        /** The steps that follow happen on this connection, which is opened when it is new; the first one is "". */
        Builder on(String connection) {
            return step(player -> player.on(connection));
        }

        /** Protocol 3.0 as postgres; more startup parameters as name, value, name, value. */
        Builder login(String... parameters) {
            return login(Frontend.PROTOCOL_3_0, parameters);
        }

        Builder login(int version, String... parameters) {
            var map = new LinkedHashMap<String, String>();
            for (int i = 0; i < parameters.length; i += 2) {
                map.put(parameters[i], parameters[i + 1]);
            }
            map.putIfAbsent("user", "postgres");
            map.putIfAbsent("database", "postgres");
            return send(Frontend.startup(version, map)).ready();
        }

        Builder send(byte[]... messages) {
            byte[] all = Frontend.concat(messages);
            return step(player -> player.send(all));
        }

        /** Query, and its answer up to ReadyForQuery. */
        Builder query(String sql) {
            return send(Frontend.query(sql)).ready();
        }

        /** The messages, Sync, and the answer up to ReadyForQuery. */
        Builder extended(byte[]... messages) {
            return send(messages).send(Frontend.sync()).ready();
        }

        /** Reads up to ReadyForQuery or the end of the stream. */
        Builder ready() {
            return expect('Z');
        }

        /** Reads through a message of this type or to the end of the stream. */
        Builder expect(char type) {
            return step(player -> player.readThrough(type));
        }

        /** Reads to the end of the stream, which the server must reach by itself; what comes need not be messages. */
        Builder closed() {
            return step(Player::readToEnd);
        }

        /** SSLRequest or GSSENCRequest and the one byte that answers it: a proxy need not ask the server. */
        Builder negotiate(byte[] request) {
            return step(player -> player.negotiate(request));
        }

        Builder halfClose() {
            return step(Player::halfClose);
        }

        /** A superuser's statement at the server itself; {@code %PID%} is the current connection's server process. */
        Builder admin(String sql) {
            return step(player -> player.admin(sql));
        }

        /** Waits until the current connection's server process runs a statement. */
        Builder awaitActive() {
            return step(Player::awaitActive);
        }

        /** Sends CancelRequest for the current connection from one of its own, and waits until that one is closed. */
        Builder cancel() {
            return step(Player::cancel);
        }

        Builder step(Consumer<Player> step) {
            steps.add(step);
            return this;
        }

        Script end() {
            return new Script(name, setup, List.copyOf(steps), traits, masks);
        }
    }
}
