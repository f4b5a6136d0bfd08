package io.pgweir.boot;

import io.pgweir.admin.ReloadReport;
import io.pgweir.audit.AuditTrail;
import io.pgweir.config.AgentConfig;
import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.proxy.ProxyContext;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import io.pgweir.rules.file.RuleFiles;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over a configuration file that has changed: listeners, clusters, limits and rules, all of it or nothing. Sessions live on.
 *
 * <p>Any thread; waits for files, and for new clusters to be looked at.
 */
final class ConfigReload {
    private static final Logger log = LoggerFactory.getLogger(ConfigReload.class);

    private final ConfigSource source;
    private final Clusters clusters;
    private final Listeners listeners;
    private final ProxyContext context;
    private final @Nullable RulesWatch rules;
    private final AuditTrail trail;
    private FileStamps seen;
    private volatile AgentConfig running;

    /** @param seen what the file looked like before {@code running} was read */
    ConfigReload(
            ConfigSource source,
            FileStamps seen,
            AgentConfig running,
            Clusters clusters,
            Listeners listeners,
            ProxyContext context,
            @Nullable RulesWatch rules,
            AuditTrail trail) {
        this.source = source;
        this.running = running;
        this.clusters = clusters;
        this.listeners = listeners;
        this.context = context;
        this.rules = rules;
        this.trail = trail;
        this.seen = seen;
    }

    private FileStamps stamps() {
        return FileStamps.of(List.of(source.file()));
    }

    /** What is in force now. */
    AgentConfig running() {
        return running;
    }

    /** Reads the file again if it looks different. */
    synchronized void look() {
        if (!stamps().equals(seen)) {
            reload();
        }
    }

    synchronized ReloadReport reload() {
        // Before the file is read: a change in between is then seen as one.
        seen = stamps();
        ReloadReport report;
        try {
            report = take(source.read());
        } catch (ConfigException refused) {
            report = ReloadReport.refused(
                    refused.faults().stream().map(Fault::toString).toList());
        } catch (AgentStartException refused) {
            report = ReloadReport.refused(List.of(String.valueOf(refused.getMessage())));
        }
        tell(report);
        return report;
    }

    private void tell(ReloadReport report) {
        for (String fault : report.faults()) {
            log.atError().addKeyValue("fault", fault).log("The changed configuration is no good; the one before stays");
        }
        for (String section : report.atNextStart()) {
            log.atWarn().addKeyValue("section", section).log("A change of the configuration waits for the next start");
        }
        if (report.taken()) {
            log.atInfo().addKeyValue("file", source.file()).log("The configuration was read again");
        }
        String error = report.taken() ? null : String.join("\n", report.faults());
        trail.onReload("config", source.file().toString(), error);
    }

    private ReloadReport take(AgentConfig next) throws ConfigException, AgentStartException {
        AgentConfig before = running;
        FileStamps ruleFiles = Origins.ruleFiles(next);
        Rules.Source ruleSource = RuleFiles.source(next.rules(), InstantSource.system());
        RuleSet checked = rules == null ? RuleSet.NONE : ruleSource.read();
        try (Clusters.Prepared otherClusters = clusters.prepare(next);
                Listeners.Prepared otherListeners = listeners.prepare(next, otherClusters::of)) {
            otherClusters.commit();
            otherListeners.commit();
        }
        context.limit(next.limits());
        if (rules != null) {
            rules.replace(checked, ruleSource, next.rules().files(), ruleFiles);
        }
        running = new AgentConfig(
                next.version(),
                next.clusters(),
                next.listeners(),
                rules == null ? before.rules() : next.rules(),
                before.audit(),
                next.limits(),
                before.threads(),
                before.admin(),
                before.log(),
                before.capture());
        return ReloadReport.taken(atNextStart(before, next));
    }

    private List<String> atNextStart(AgentConfig before, AgentConfig next) {
        List<String> sections = new ArrayList<>();
        if (!next.audit().equals(before.audit())) {
            sections.add("audit");
        }
        if (!next.threads().equals(before.threads())) {
            sections.add("threads");
        }
        if (!Objects.equals(next.admin(), before.admin())) {
            sections.add("admin");
        }
        if (!next.log().equals(before.log())) {
            sections.add("log");
        }
        if (!Objects.equals(next.capture(), before.capture())) {
            sections.add("capture");
        }
        if (rules == null && !next.rules().equals(before.rules())) {
            sections.add("rules, of which there were none");
        } else if (!Objects.equals(next.rules().maskKey(), before.rules().maskKey())) {
            sections.add("rules.mask-key");
        }
        return sections;
    }
}
