package io.pgweir.rules;

import io.pgweir.config.Network;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key whose answer holds as long as the session's application name does. */
public sealed interface AskerCriterion extends Criterion {
    Truth ask(Asker asker);

    String found(Asker asker);

    @Override
    default Truth ask(Question question) {
        return ask(question.asker());
    }

    @Override
    default String found(Question question) {
        return found(question.asker());
    }

    /** What a name is of. */
    enum Part {
        USER,
        DATABASE,
        APPLICATION,
        LISTENER,
        CLUSTER;

        String of(Asker asker) {
            return switch (this) {
                case USER -> asker.user();
                case DATABASE -> asker.database();
                case APPLICATION -> asker.application();
                case LISTENER -> asker.listener();
                case CLUSTER -> asker.cluster();
            };
        }
    }

    /** By name; case counts, as it does in a startup packet. */
    record Named(String key, Part part, List<NamePattern> any, boolean not) implements AskerCriterion {
        public Named {
            any = List.copyOf(any);
        }

        @Override
        public Truth ask(Asker asker) {
            String name = part.of(asker);
            for (NamePattern pattern : any) {
                if (pattern.matches(name)) {
                    return Truth.of(!not);
                }
            }
            return Truth.of(not);
        }

        @Override
        public String found(Asker asker) {
            return part.of(asker);
        }
    }

    /** By the client's address; who came through no network is in none. */
    record Within(String key, List<Network> any, boolean not) implements AskerCriterion {
        public Within {
            any = List.copyOf(any);
        }

        @Override
        public Truth ask(Asker asker) {
            InetAddress address = asker.address();
            return Truth.of(not != (address != null && isWithin(address)));
        }

        private boolean isWithin(InetAddress address) {
            for (Network network : any) {
                if (network.holds(address)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String found(Asker asker) {
            @Nullable InetAddress address = asker.address();
            return address == null ? "no network" : address.getHostAddress();
        }
    }

    /** By encryption between the client and pgweir. */
    record Encrypted(String key, boolean wanted) implements AskerCriterion {
        @Override
        public Truth ask(Asker asker) {
            return Truth.of(asker.tls() == wanted);
        }

        @Override
        public String found(Asker asker) {
            return String.valueOf(asker.tls());
        }
    }
}
