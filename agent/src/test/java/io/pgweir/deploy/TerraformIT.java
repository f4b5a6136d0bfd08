package io.pgweir.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.AuditConfig.Sink.CloudWatchLogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Terraform module, as far as it can be looked at without its provider: names, format, and what its variables and locals come to. Not
 * looked at: whether AWS's resources have these arguments.
 */
@Timeout(180)
class TerraformIT {
    private static final Path MODULE = Manifests.ROOT.resolve("deploy/terraform");
    private static final Pattern DECLARED =
            Pattern.compile("(?m)^(variable|resource|data|output|module) \"(\\w+)\"(?: \"([\\w-]+)\")? \\{");
    private static final Pattern REFERENCE = Pattern.compile("(?<![\\w.\"/-])(data\\.)?((?:var|aws_\\w+)\\.[a-z]\\w*)");

    private static final String NOT_TESTED = "NOT TESTED: the module, for there is no terraform";

    @TempDir
    private Path dir;

    private static String text(Path module) {
        StringBuilder all = new StringBuilder();
        try (var files = Files.newDirectoryStream(module, "*.tf")) {
            for (Path file : files) {
                all.append(Files.readString(file)).append('\n');
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return all.toString().replaceAll("(?m)^\\s*#.*$", "");
    }

    @Test
    void everythingThatIsNamedIsDeclared() {
        String text = text(MODULE);
        Set<String> declared = new TreeSet<>();
        DECLARED.matcher(text)
                .results()
                .forEach(found -> declared.add(
                        switch (found.group(1)) {
                            case "variable" -> "var." + found.group(2);
                            case "data" -> "data." + found.group(2) + "." + found.group(3);
                            default -> found.group(2) + "." + found.group(3);
                        }));
        Set<String> named = new TreeSet<>(REFERENCE
                .matcher(text.replaceAll("\"arn:aws[^\"]*\"", ""))
                .results()
                .map(MatchResult::group)
                .toList());

        assertThat(named).hasSizeGreaterThan(30).isSubsetOf(declared);
        assertThat(declared.stream().filter(name -> name.startsWith("var.")))
                .allSatisfy(name -> assertThat(named).contains(name));
    }

    @Test
    void alarmsAreOfMetricsThatAreDocumented() throws Exception {
        String documented = Files.readString(Manifests.ROOT.resolve("docs/metrics.md"));
        List<String> metrics = Pattern.compile("\"(pgweir_\\w+)\"")
                .matcher(text(MODULE))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(metrics)
                .hasSizeGreaterThan(5)
                .allSatisfy(metric -> assertThat(documented).containsPattern("\\| `" + metric + "(_total)?` \\|"));
    }

    private static boolean hasTerraform() {
        return Pattern.compile(":")
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "terraform")));
    }

    private String terraform(String... arguments) throws Exception {
        assumeTrue(hasTerraform(), NOT_TESTED);
        List<String> command = new ArrayList<>(List.of("terraform"));
        command.addAll(List.of(arguments));
        Path faults = dir.resolve("faults");
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectError(faults.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output + Files.readString(faults)).isZero();
        return output;
    }

    @Test
    void filesAreFormatted() throws Exception {
        terraform("fmt", "-check", "-recursive", MODULE.toString());
    }

    /** Variables with their validations, and locals, need no provider when what resources would say stands there itself. */
    @Test
    void theConfigurationThatTasksStartWithIsGood() throws Exception {
        JsonObject outputs = evaluate("");

        AgentConfig config =
                Manifests.read(outputs.get("configuration").getAsString().replace("@host@", "ip-10-0-0-1"), dir);

        assertThat(config.listeners().getFirst().listen()).hasToString("0.0.0.0:6432");
        assertThat(config.audit().sinks()).singleElement().isInstanceOfSatisfying(CloudWatchLogs.class, sink -> {
            assertThat(sink.metrics()).isNotNull();
            // Its stream is the task's own: nobody else makes it.
            assertThat(sink.create()).isTrue();
        });
        assertThat(Files.readString(MODULE.resolve("iam.tf"))).contains("\"logs:CreateLogStream\"");
        assertThat(outputs.get("start").getAsString())
                .endsWith("exec /opt/pgweir/bin/pgweir run --config /var/lib/pgweir/pgweir.yaml");
    }

    /** The command of a task, run by the shell, with a pgweir that says what it has been given. */
    @Test
    void theTasksCommandWritesItsFilesAndStarts() throws Exception {
        JsonObject outputs =
                evaluate("tls = { mode = \"require\", secret_arn = \"arn:aws:secretsmanager:r:1:secret:tls\" }");
        Path task = Files.createDirectories(dir.resolve("task"));
        Path pgweir = Files.writeString(task.resolve("pgweir"), "#!/bin/sh\necho \"$*\"; env\n");
        assertThat(pgweir.toFile().setExecutable(true)).isTrue();
        String start = outputs.get("start")
                .getAsString()
                .replace("/opt/pgweir/bin/pgweir", pgweir.toString())
                .replace("/var/lib/pgweir", task.toString());

        ProcessBuilder command = new ProcessBuilder("/bin/bash", "-ec", start).redirectErrorStream(true);
        command.environment().put("PGWEIR_CONFIG", outputs.get("configuration").getAsString());
        command.environment().put("PGWEIR_ADMIN_TOKEN", "token-text");
        command.environment().put("PGWEIR_TLS_CERT", "certificate-text");
        command.environment().put("PGWEIR_TLS_KEY", "key-text");
        command.environment().put("HOSTNAME", "ip-10-0-0-1");
        Process process = command.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .startsWith("run --config " + task.resolve("pgweir.yaml"))
                .doesNotContain("token-text", "key-text");
        assertThat(task.resolve("admin-token")).hasContent("token-text");
        assertThat(task.resolve("tls/cert.pem")).hasContent("certificate-text");
        assertThat(task.resolve("tls/key.pem")).hasContent("key-text");
        assertThat(Files.readString(task.resolve("pgweir.yaml")))
                .contains("\"stream\":\"ip-10-0-0-1\"")
                .doesNotContain("@host@");
    }

    @Test
    void theRoleThatStartsTasksMayReadTheSecretsWhoseKeysTheyAreGiven() throws Exception {
        String secret = "arn:aws:secretsmanager:eu-central-1:1:secret:";
        JsonObject outputs = evaluate("""
                secrets = { PGWEIR_MONITOR = "%1$smonitor-a:password::", OTHER = "%1$smonitor-a:user::" }
                """.formatted(secret));

        assertThat(outputs.get("secret_arns").toString())
                .isEqualTo("[\"" + secret + "token\",\"" + secret + "monitor-a\"]");
        assertThat(outputs.get("secrets").toString()).contains("\"valueFrom\":\"" + secret + "monitor-a:password::\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name = \"orders-\"",
                "nodes = [\"orders.rds.amazonaws.com\"]",
                "nodes = []",
                "record = { zone_id = \"Z1\", name = \"a\", direct = \"b\", share = 256 }",
                "record = { zone_id = \"Z1\", name = \"a\", direct = \"b\", share = 2.5 }",
                "tls = { mode = \"on\", secret_arn = \"arn\" }",
                "tls = { mode = \"require\" }",
                "server_tls_mode = \"verify\"",
                "drain_seconds = 91",
                "tasks = { min = 3, max = 2 }",
                "subnet_ids = [\"subnet-1\"]",
                "architecture = \"arm64\""
            })
    void whatWouldNotWorkIsRefusedBeforeAnythingIsMade(String variable) {
        assumeTrue(hasTerraform(), NOT_TESTED);

        assertThatThrownBy(() -> evaluate(variable)).hasMessageContaining("Invalid value for variable");
    }

    @Test
    void recordsCanWait() throws Exception {
        evaluate("record = null");

        assertThat(Files.readString(MODULE.resolve("dns.tf")).split("count = var.record == null \\? 0 : 1", -1))
                .hasSize(3);
    }

    /** @param more variables, as a line of a .tfvars file has them */
    private JsonObject evaluate(String more) throws Exception {
        Files.copy(MODULE.resolve("variables.tf"), dir.resolve("variables.tf"));
        StringBuilder locals = new StringBuilder();
        for (String file : List.of("main.tf", "ecs.tf", "alarms.tf", "iam.tf")) {
            Pattern.compile("(?ms)^locals \\{.*?^\\}")
                    .matcher(Files.readString(MODULE.resolve(file)))
                    .results()
                    .forEach(block -> locals.append(block.group()).append('\n'));
        }
        String literal = locals.toString()
                .replaceAll("data\\.aws_region\\.current\\.\\w+", "\"eu-central-1\"")
                .replaceAll("aws_cloudwatch_log_group\\.(\\w+)\\.name", "\"/pgweir/orders/$1\"");
        Files.writeString(dir.resolve("locals.tf"), literal + """
                output "configuration" { value = jsonencode(local.configuration) }
                output "start" { value = local.start }
                output "secrets" { value = local.secrets }
                output "secret_arns" { value = local.secret_arns }
                output "alarms" { value = local.alarms }
                """);
        String name = more.strip().replaceFirst("(?s) =.*", "");
        String usual = """
                name = "orders"
                image = "pgweir:1"
                vpc_id = "vpc-1"
                subnet_ids = ["subnet-1", "subnet-2"]
                nodes = ["orders.cluster.eu-central-1.rds.amazonaws.com:5432"]
                database_security_group_id = "sg-1"
                client_cidr_blocks = ["10.0.0.0/16"]
                admin_token_secret_arn = "arn:aws:secretsmanager:eu-central-1:1:secret:token"
                record = { zone_id = "Z1", name = "orders.db.internal", direct = "orders.rds.amazonaws.com", share = 64 }
                """;
        Files.writeString(
                dir.resolve("terraform.tfvars"), usual.replaceAll("(?m)^" + name + " =.*\n", "") + more + "\n");
        terraform("init", "-input=false");
        terraform("apply", "-auto-approve", "-input=false", "-no-color");
        JsonObject values = new JsonObject();
        for (var output : JsonParser.parseString(terraform("output", "-json"))
                .getAsJsonObject()
                .entrySet()) {
            JsonElement value = output.getValue().getAsJsonObject().get("value");
            values.add(output.getKey(), value);
        }
        return values;
    }
}
