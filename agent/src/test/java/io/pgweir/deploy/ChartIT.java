package io.pgweir.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The chart, rendered by Helm, or where there is none by what Helm is made of: deploy/helm/render, which Debian's packages of Go can build.
 * Where there is neither, nothing is tested, and that is said.
 */
@Timeout(180)
class ChartIT {
    private static final Path HELM = Manifests.ROOT.resolve("deploy/helm");
    private static final Path GO_SOURCES = Path.of("/usr/share/gocode");

    @TempDir
    private static Path tools;

    private static List<String> engine = List.of();

    @TempDir
    private Path dir;

    @BeforeAll
    static void findEngine() throws Exception {
        Path helm = onPath("helm");
        Path go = onPath("go");
        if (go == null && Files.isDirectory(Path.of("/usr/lib"))) {
            try (var installed = Files.newDirectoryStream(Path.of("/usr/lib"), "go-1*")) {
                for (Path version : installed) {
                    go = version.resolve("bin/go");
                }
            }
        }
        if (helm != null) {
            engine = List.of(helm.toString(), "template");
        } else if (go != null
                && Files.isDirectory(GO_SOURCES.resolve("src/github.com/Masterminds/sprig"))
                && Files.isDirectory(GO_SOURCES.resolve("src/sigs.k8s.io/yaml"))) {
            Path render = tools.resolve("render");
            run(List.of(go.toString(), "build", "-o", render.toString(), HELM.resolve("render/render.go") + ""));
            engine = List.of(render.toString());
        }
        assumeTrue(
                !engine.isEmpty(),
                "NOT TESTED: the chart, for there is neither helm nor go with golang-github-masterminds-sprig-dev"
                        + " and golang-k8s-sigs-yaml-dev");
    }

    private static Path onPath(String program) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            Path file = Path.of(directory, program);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        return null;
    }

    private static String run(List<String> command) throws Exception {
        Path faults = tools.resolve("faults");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(faults.toFile());
        builder.environment().put("GO111MODULE", "off");
        builder.environment().put("GOPATH", GO_SOURCES.toString());
        builder.environment().put("GOCACHE", tools.resolve("cache").toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(faults)).isZero();
        return output;
    }

    /** Both engines take the values last, Helm as an option. */
    private static List<JsonObject> render(Path chart, Path values) throws Exception {
        List<String> command = new ArrayList<>(engine);
        boolean helm = engine.size() == 2;
        command.addAll(helm ? List.of("orders", chart.toString()) : List.of(chart.toString(), "orders"));
        if (values != null) {
            command.addAll(helm ? List.of("-f", values.toString()) : List.of(values.toString()));
        }
        return Manifests.parse(run(command));
    }

    @ParameterizedTest
    @CsvSource({
        "pgweir/values.yaml, 'ConfigMap, PodDisruptionBudget, Service, ServiceAccount, Deployment'",
        "values/everything.yaml, 'ConfigMap, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount, ServiceMonitor, StatefulSet'"
    })
    void theChartMakesObjectsOfKubernetesAroundAGoodConfiguration(String values, String kinds) throws Exception {
        List<JsonObject> objects = render(HELM.resolve("pgweir"), HELM.resolve(values));

        assertThat(objects)
                .allSatisfy(Manifests::check)
                .extracting(Manifests::kind)
                .containsExactlyInAnyOrder(kinds.split(", "));
        assertThat(Manifests.configuration(objects, dir).listeners()).isNotEmpty();
    }

    @Test
    void anApplicationsChartHasTheSidecarInItsPods() throws Exception {
        Path chart = copy(HELM.resolve("example-application"), dir.resolve("example-application"));
        copy(HELM.resolve("pgweir"), chart.resolve("charts/pgweir"));

        List<JsonObject> objects = render(chart, null);

        assertThat(objects)
                .allSatisfy(Manifests::check)
                .extracting(Manifests::kind)
                .containsExactlyInAnyOrder("ConfigMap", "Deployment");
        assertThat(Manifests.of(objects, "Deployment").toString())
                .contains("\"initContainers\":[{\"restartPolicy\":\"Always\",\"name\":\"pgweir\"")
                .contains("\"pgweir.io/config-checksum\":\"");
        assertThat(Manifests.configuration(objects, dir).listeners().getFirst().listen())
                .hasToString("127.0.0.1:5432");
    }

    @Test
    void aChangedConfigurationReplacesThePods() throws Exception {
        Path other =
                Files.writeString(dir.resolve("other.yaml"), "config: {clusters: {main: {nodes: [\"other:5432\"]}}}");

        String before =
                Manifests.of(render(HELM.resolve("pgweir"), null), "Deployment").toString();
        String after = Manifests.of(render(HELM.resolve("pgweir"), other), "Deployment")
                .toString();

        assertThat(after).isNotEqualTo(before);
        assertThat(after.replaceAll("[0-9a-f]{64}", "")).isEqualTo(before.replaceAll("[0-9a-f]{64}", ""));
    }

    @ParameterizedTest
    @CsvSource({"pgweir/values.yaml", "values/everything.yaml"})
    void valuesAreWhatTheirSchemaSays(String file) throws Exception {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(Files.readString(HELM.resolve("pgweir/values.schema.json")));
        String values = Files.readString(HELM.resolve(file));
        // Helm holds the chart's own values, with the given ones over them, against it.
        String whole = values.contains("mode:") && values.contains("adminPort:")
                ? values
                : values + "\nmode: standalone\nadminPort: 8009\nimage: {repository: r}\n";

        assertThat(schema.validate(whole, InputFormat.YAML)).isEmpty();
        assertThat(schema.validate(whole + "\nreplica: 2\n", InputFormat.YAML)).hasSize(1);
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
        return to;
    }
}
