package io.pgweir.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.HostPort;
import io.pgweir.wire.PgCharset;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of deploy/kubernetes and deploy/compose: what Kubernetes and pgweir take them for. */
class ManifestsTest {
    private static final Path DEPLOY = Manifests.ROOT.resolve("deploy");

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"kubernetes/standalone.yaml", "kubernetes/sidecar.yaml"})
    void manifestsAreObjectsOfKubernetesAroundAGoodConfiguration(String file) throws Exception {
        List<JsonObject> objects = Manifests.parse(Files.readString(DEPLOY.resolve(file)));

        assertThat(objects).hasSizeGreaterThan(1).allSatisfy(Manifests::check);
        AgentConfig config = Manifests.configuration(objects, dir);
        assertThat(config.admin()).isNotNull();
        assertThat(config.audit().spool()).isNotNull();
    }

    @Test
    void whatKubernetesDoesNotKnowIsAFault() throws Exception {
        String good = Files.readString(DEPLOY.resolve("kubernetes/sidecar.yaml"));
        JsonObject bad = Manifests.of(Manifests.parse(good.replace("runAsNonRoot", "runAsNobody")), "Deployment");

        assertThatThrownBy(() -> Manifests.validate(bad)).hasMessageContaining("runAsNobody");
    }

    @Test
    void theSidecarStartsBeforeTheApplicationAndStaysBesideIt() throws Exception {
        List<JsonObject> objects = Manifests.parse(Files.readString(DEPLOY.resolve("kubernetes/sidecar.yaml")));

        JsonObject sidecar = Manifests.of(objects, "Deployment")
                .getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec")
                .getAsJsonArray("initContainers")
                .get(0)
                .getAsJsonObject();
        assertThat(sidecar.get("restartPolicy").getAsString()).isEqualTo("Always");
        assertThat(sidecar.has("startupProbe")).isTrue();
    }

    @Test
    void whatComposeMountsIsThereAndGood() throws Exception {
        Path compose = DEPLOY.resolve("compose");
        Map<?, ?> file = yaml(compose.resolve("compose.yaml"));
        Map<?, ?> services = (Map<?, ?>) file.get("services");

        assertThat(services.keySet()).hasToString("[primary, replica, kafka, pgweir, prometheus, grafana]");
        for (Object service : services.values()) {
            if (((Map<?, ?>) service).get("volumes") instanceof List<?> volumes) {
                for (Object volume : volumes) {
                    String source =
                            volume.toString().substring(0, volume.toString().indexOf(':'));
                    assertThat(
                                    source.startsWith(".")
                                            ? Files.exists(compose.resolve(source))
                                            : ((Map<?, ?>) file.get("volumes")).containsKey(source))
                            .as(source)
                            .isTrue();
                }
            }
        }
        AgentConfig config = Manifests.read(Files.readString(compose.resolve("pgweir.yaml")), dir);
        assertThat(config.clusters().get("app").nodes())
                .extracting(HostPort::toString)
                .allSatisfy(node -> assertThat(services.containsKey(node.substring(0, node.indexOf(':'))))
                        .isTrue());
        assertThat(yaml(compose.resolve("prometheus.yml")).containsKey("scrape_configs"))
                .isTrue();
    }

    /** A server in the making answers at its socket, and nobody could copy it. */
    @Test
    void theStandbyWaitsUntilThePrimaryListensToOthers() throws Exception {
        assertThat(Files.readString(DEPLOY.resolve("compose/compose.yaml")))
                .contains("test: [CMD, pg_isready, -h, 127.0.0.1, -U, app]")
                .contains("depends_on: {primary: {condition: service_healthy}}");
    }

    /** jlink leaves out what is not asked for, and nothing fails but the reading of texts in those encodings. */
    @ParameterizedTest
    @ValueSource(strings = {"SJIS", "SHIFT_JIS_2004", "UHC", "JOHAB", "BIG5", "GB18030", "EUC_TW", "WIN874", "WIN950"})
    void theImagesJavaHasTheEncodingsOfClients(String encoding) throws Exception {
        Charset charset = PgCharset.of(encoding);

        assertThat(charset).isNotEqualTo(StandardCharsets.ISO_8859_1);
        assertThat(modulesOfTheImage()).contains(charset.getClass().getModule().getName());
    }

    @Test
    void theImagesJavaHasWhatKafkaWithKerberosAsksFor() throws Exception {
        Class<?> login = Class.forName("com.sun.security.auth.module.Krb5LoginModule");

        assertThat(modulesOfTheImage()).contains(login.getModule().getName());
    }

    private static List<String> modulesOfTheImage() throws Exception {
        Matcher modules =
                Pattern.compile("--add-modules (\\S+)").matcher(Files.readString(Manifests.ROOT.resolve("Dockerfile")));
        assertThat(modules.find()).isTrue();
        return List.of(modules.group(1).split(","));
    }

    @Test
    void theArchivesConfigurationIsGood() throws Exception {
        assertThat(Manifests.read(Files.readString(DEPLOY.resolve("systemd/pgweir.yaml")), dir)
                        .listeners())
                .hasSize(1);
    }

    private static Map<?, ?> yaml(Path file) throws Exception {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }
}
