package io.pgweir;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.io.FileDescriptor;

/** The table of docs/architecture.md: packages are floors, an import only goes down a stair, no two packages import each other. */
@AnalyzeClasses(packages = "io.pgweir", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule importsGoDownTheStairs = floors();

    @ArchTest
    static final ArchRule noTwoPackagesImportEachOther =
            slices().matching("io.pgweir.(*)..").should().beFreeOfCycles();

    /** Save those that ask name servers; and Netty reads the PEM files that the JDK's TLS cannot. */
    @ArchTest
    static final ArchRule channelsLiveWhereTrafficIs = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.pgweir.net..",
                    "io.pgweir.proxy..",
                    "io.pgweir.replay..",
                    "io.pgweir.boot..",
                    "io.pgweir.lab..",
                    "io.pgweir.bench..",
                    "io.pgweir.topology.dns..")
            .and()
            .doNotHaveFullyQualifiedName("io.pgweir.topology.patroni.PatroniTls")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "io.netty.handler..");

    @ArchTest
    static final ArchRule clientLibrariesStayInTheirRooms = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.pgweir.audit.kafka..",
                    "io.pgweir.audit.cloudwatch..",
                    "io.pgweir.auth.aws..",
                    "io.pgweir.replay.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "software.amazon..");

    @ArchTest
    static final ArchRule onlyOurOwnLoginsSpeakSql = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.pgweir.topology.probe..", "io.pgweir.auth.jdbc..", "io.pgweir.lab..", "io.pgweir.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..");

    @ArchTest
    static final ArchRule roomsOfTheTopologyAreAStairToo =
            slices().matching("io.pgweir.topology.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theGroundFloorKnowsTheJdkOnly = classes()
            .that()
            .resideInAnyPackage("io.pgweir.sql..", "io.pgweir.telemetry..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.pgweir.sql..", "io.pgweir.telemetry..", "java..", "org.jspecify..");

    /** Standard output belongs to the commands and, file descriptor and all, to the sink of that name. */
    @ArchTest
    static final ArchRule onlyTheCommandsPrint = noClasses()
            .that()
            .resideOutsideOfPackages("io.pgweir.cli..", "io.pgweir.lab..", "io.pgweir.bench..")
            .and()
            .doNotHaveFullyQualifiedName("io.pgweir.audit.file.StdoutSink")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .accessField(FileDescriptor.class, "out")
            .orShould()
            .accessField(FileDescriptor.class, "err");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .that()
            .resideOutsideOfPackages("io.pgweir.lab..", "io.pgweir.bench..")
            .should()
            .callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))));

    private static ArchRule floors() {
        return Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.pgweir..")
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy("io.pgweir.cli..")
                .layer("boot")
                .definedBy("io.pgweir.boot..")
                .layer("offline")
                .definedBy("io.pgweir.offline..")
                .layer("admin")
                .definedBy("io.pgweir.admin..")
                .layer("proxy")
                .definedBy("io.pgweir.proxy..")
                .layer("routing")
                .definedBy("io.pgweir.routing..")
                .layer("audit")
                .definedBy("io.pgweir.audit..")
                .layer("rules")
                .definedBy("io.pgweir.rules..")
                .layer("pool")
                .definedBy("io.pgweir.pool..")
                .layer("replay")
                .definedBy("io.pgweir.replay..")
                .layer("net")
                .definedBy("io.pgweir.net..")
                .layer("session")
                .definedBy("io.pgweir.session..")
                .layer("topology")
                .definedBy("io.pgweir.topology..")
                .layer("auth")
                .definedBy("io.pgweir.auth..")
                .layer("limits")
                .definedBy("io.pgweir.limits..")
                .layer("capture")
                .definedBy("io.pgweir.capture..")
                .layer("wire")
                .definedBy("io.pgweir.wire..")
                .layer("sql")
                .definedBy("io.pgweir.sql..")
                .layer("config")
                .definedBy("io.pgweir.config..")
                .layer("telemetry")
                .definedBy("io.pgweir.telemetry..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("boot")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("offline")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("admin")
                .mayOnlyBeAccessedByLayers("boot")
                .whereLayer("proxy")
                .mayOnlyBeAccessedByLayers("boot", "admin", "offline")
                .whereLayer("routing")
                .mayOnlyBeAccessedByLayers("boot", "admin", "proxy")
                .whereLayer("audit")
                .mayOnlyBeAccessedByLayers("cli", "boot", "admin", "proxy", "offline")
                .whereLayer("rules")
                .mayOnlyBeAccessedByLayers("cli", "boot", "admin", "proxy", "routing", "audit", "offline")
                .whereLayer("pool")
                .mayOnlyBeAccessedByLayers("boot", "proxy")
                .whereLayer("replay")
                .mayOnlyBeAccessedByLayers("cli", "boot")
                .whereLayer("net")
                .mayOnlyBeAccessedByLayers("boot", "proxy", "replay")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("boot", "proxy", "routing", "audit", "rules", "pool", "replay", "offline")
                .whereLayer("topology")
                .mayOnlyBeAccessedByLayers("boot", "admin", "proxy", "routing", "pool")
                .whereLayer("auth")
                .mayOnlyBeAccessedByLayers("cli", "boot", "proxy", "pool", "topology", "replay")
                .whereLayer("limits")
                .mayOnlyBeAccessedByLayers("proxy")
                .whereLayer("capture")
                .mayOnlyBeAccessedByLayers("cli", "boot", "proxy", "replay", "offline")
                // audit, one arrow more than the table: an execution's error and transaction status are the wire's own
                // values.
                .whereLayer("wire")
                .mayOnlyBeAccessedByLayers(
                        "cli",
                        "boot",
                        "proxy",
                        "net",
                        "audit",
                        "rules",
                        "pool",
                        "replay",
                        "session",
                        "topology",
                        "auth",
                        "capture",
                        "offline")
                .whereLayer("sql")
                .mayOnlyBeAccessedByLayers(
                        "cli", "boot", "proxy", "routing", "audit", "rules", "replay", "session", "offline")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers(
                        "cli",
                        "boot",
                        "admin",
                        "proxy",
                        "net",
                        "routing",
                        "audit",
                        "rules",
                        "pool",
                        "replay",
                        "topology",
                        "auth",
                        "limits",
                        "capture",
                        "offline")
                // What is counted of a node decides where sessions go: routing counts it, and times connects.
                .whereLayer("telemetry")
                .mayOnlyBeAccessedByLayers(
                        "boot",
                        "admin",
                        "proxy",
                        "routing",
                        "audit",
                        "rules",
                        "pool",
                        "replay",
                        "topology",
                        "capture",
                        "offline");
    }
}
