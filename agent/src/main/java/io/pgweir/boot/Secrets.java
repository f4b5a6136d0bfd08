package io.pgweir.boot;

import io.pgweir.auth.CachedVerifiers;
import io.pgweir.auth.RoleSource;
import io.pgweir.auth.aws.IamTokens;
import io.pgweir.auth.aws.SecretsManagerSource;
import io.pgweir.auth.file.FileSource;
import io.pgweir.auth.jdbc.JdbcLogin;
import io.pgweir.auth.jdbc.QuerySource;
import io.pgweir.config.AuthConfig;
import io.pgweir.config.ClusterConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.proxy.Cluster;
import io.pgweir.proxy.NodeSecrets;
import io.pgweir.topology.Node;
import io.pgweir.topology.NodeRole;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Makes what a split listener's sessions log in to nodes with. */
final class Secrets {
    private Secrets() {}

    /** @throws IOException where a file cannot be read, also with what is wrong in it */
    static NodeSecrets of(AuthConfig auth, ClusterConfig config, Cluster cluster) throws IOException {
        return new NodeSecrets(
                new CachedVerifiers(source(auth, config, cluster), auth.cache()),
                auth.nodes() == AuthConfig.Nodes.AWS_IAM ? new IamTokens(auth.awsIam()) : null);
    }

    private static RoleSource source(AuthConfig auth, ClusterConfig config, Cluster cluster) throws IOException {
        return switch (auth.verifiers()) {
            case QUERY ->
                new QuerySource(
                        auth.query(),
                        JdbcLogin.ofVerifiers(auth.query(), config.monitor(), config.tls()),
                        () -> places(cluster));
            case FILE -> {
                try {
                    yield new FileSource(Objects.requireNonNull(auth.file(), "checked when it was read"));
                } catch (ConfigException faults) {
                    throw new IOException(faults.getMessage(), faults);
                }
            }
            case AWS_SECRETS_MANAGER ->
                new SecretsManagerSource(Objects.requireNonNull(auth.awsSecretsManager(), "checked when it was read"));
        };
    }

    /** The leader first: its roles are everybody's. */
    private static List<JdbcLogin.Place> places(Cluster cluster) {
        return cluster.topology().nodes().stream()
                .filter(Node::isIn)
                .sorted(Comparator.comparing(node -> node.role() != NodeRole.LEADER))
                .map(node -> new JdbcLogin.Place(node.address(), node.at()))
                .toList();
    }
}
