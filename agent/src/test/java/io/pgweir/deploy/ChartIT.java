package io.pgweir.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
    private static final String LEAST = """
            config:
              listeners: [{name: main, listen: "0.0.0.0:6432", cluster: main}]
              clusters:
                main: {nodes: ["postgres:5432"]}
            """;
    private static final Path GO_SOURCES = Path.of("/usr/share/gocode");

    @TempDir
    private static Path tools;

    private static List<String> engine = List.of();

    @TempDir
    private Path dir;

    private String rendered = "";

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
    private List<JsonObject> render(Path chart, Path values) throws Exception {
        List<String> command = new ArrayList<>(engine);
        boolean helm = engine.size() == 2;
        command.addAll(helm ? List.of("orders", chart.toString()) : List.of(chart.toString(), "orders"));
        if (values != null) {
            command.addAll(helm ? List.of("-f", values.toString()) : List.of(values.toString()));
        }
        rendered = run(command);
        return Manifests.parse(rendered);
    }

    @ParameterizedTest
    @CsvSource({
        "values/least.yaml, 'ConfigMap, PodDisruptionBudget, Service, ServiceAccount, Deployment'",
        "values/everything.yaml, 'ConfigMap, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service, Service, ServiceAccount, ServiceMonitor, StatefulSet'"
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
        String before = Manifests.of(chart(""), "Deployment").toString();
        String after = Manifests.of(chart("    other: {nodes: [\"other:5432\"]}"), "Deployment")
                .toString();

        assertThat(after).isNotEqualTo(before);
        assertThat(after.replaceAll("[0-9a-f]{64}", "")).isEqualTo(before.replaceAll("[0-9a-f]{64}", ""));
    }

    /** Of the least values, and {@code more} of them. */
    private List<JsonObject> chart(String more) throws Exception {
        return render(HELM.resolve("pgweir"), Files.writeString(dir.resolve("values.yaml"), LEAST + more + "\n"));
    }

    @Test
    void whatIsOpenToClientsIsNotTheAdminSide() throws Exception {
        List<JsonObject> objects = render(HELM.resolve("pgweir"), HELM.resolve("values/everything.yaml"));

        List<JsonObject> services = objects.stream()
                .filter(object -> Manifests.kind(object).equals("Service"))
                .toList();
        assertThat(services.getFirst().toString())
                .contains("\"type\":\"LoadBalancer\"")
                .doesNotContain("8009");
        assertThat(services.getLast().toString())
                .contains("\"clusterIP\":\"None\"", "\"name\":\"admin\",\"port\":8009");
        String governing =
                services.getLast().getAsJsonObject("metadata").get("name").getAsString();
        assertThat(Manifests.of(objects, "StatefulSet").toString()).contains("\"serviceName\":\"" + governing + "\"");
    }

    @Test
    void textThatLooksLikeSomethingElseStaysText() throws Exception {
        assertThat(chart("""
                ports: [{name: "on", port: 5432, targetPort: 6432}]
                secrets: [{name: tls, secret: "123"}]
                volume: {size: "2147483648", claim: true, storageClass: "1"}
                serviceAccount: {name: "007"}
                priorityClassName: "1"
                """)).allSatisfy(Manifests::check);
        // To YAML 1.1, which Kubernetes reads, a bare one is a truth.
        assertThat(rendered).contains("{name: \"on\", port: 5432").contains("{name: \"on\", containerPort: 6432");
    }

    @Test
    void probesOfAnAdminSideWithTlsSpeakTlsOrLookWhetherItListens() throws Exception {
        String tls =
                "  admin: {tls: {cert: /run/pgweir/tls/tls.crt, key: /run/pgweir/tls/tls.key%s}}\nadminTokenSecret: t";

        assertThat(Manifests.of(chart(tls.formatted("")), "Deployment").toString())
                .contains("{\"path\":\"/readyz\",\"port\":\"admin\",\"scheme\":\"HTTPS\"}")
                .contains("{\"name\":\"PGWEIR_HEALTH\",\"value\":\"tcp:127.0.0.1:6432\"}");
        assertThat(Manifests.of(chart(tls.formatted(", client-ca: /run/pgweir/tls/ca.crt")), "Deployment")
                        .toString())
                .doesNotContain("httpGet");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "ports: [{name: main, port: 5432, targetPort: 6433}]|main leads to 6433",
                "  listeners: [{name: main, listen: 6432, cluster: main}]|main leads to 6432",
                "  listeners: [{name: main, listen: '127.0.0.1:6432', cluster: main}]|main leads to 6432",
                "  admin: {listen: '0.0.0.0:8010'}|adminPort 8009",
                "serviceMonitor: {enabled: true}|serviceMonitor needs adminTokenSecret"
            })
    void podsThatNobodyWouldReachAreRefused(String more, String fault) {
        String values = more.contains("listeners") ? LEAST.replaceAll("(?m)^  listeners.*\\n", "") : LEAST;

        assertThatThrownBy(() -> render(
                        HELM.resolve("pgweir"), Files.writeString(dir.resolve("values.yaml"), values + more + "\n")))
                .hasMessageContaining(fault);
    }

    @ParameterizedTest
    @CsvSource({"values/least.yaml", "values/everything.yaml"})
    void valuesAreWhatTheirSchemaSays(String file) throws Exception {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(Files.readString(HELM.resolve("pgweir/values.schema.json")));
        String values = Files.readString(HELM.resolve(file));
        // Helm holds the chart's own values, with the given ones over them, against it.
        String whole = values + "\nmode: standalone\nadminPort: 8009\nimage: {repository: r}\n"
                + (values.contains("ports:") ? "" : "ports: [{name: main, port: 5432, targetPort: 6432}]\n");

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
