package io.pgweir.boot;

import io.pgweir.admin.ReloadReport;
import io.pgweir.audit.AuditTrail;
import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rules again where their files have changed, or somebody asks. What is wrong with them changes nothing: it is logged, fault by
 * fault, and the trail tells. Any thread; waits for files.
 */
final class RulesWatch {
    private static final Logger log = LoggerFactory.getLogger(RulesWatch.class);

    private final Rules rules;
    private List<Path> files;
    private final AuditTrail trail;
    private FileStamps seen;

    /** @param seen what {@code files} looked like before {@code rules} were read */
    RulesWatch(Rules rules, List<Path> files, FileStamps seen, AuditTrail trail) {
        this.rules = rules;
        this.files = files;
        this.trail = trail;
        this.seen = seen;
    }

    /** Reads them again if they look different. */
    synchronized void look() {
        if (!FileStamps.of(files).equals(seen)) {
            reload();
        }
    }

    synchronized ReloadReport reload() {
        // Before the files are read: a change in between is then seen as one.
        seen = FileStamps.of(files);
        String before = rules.current().hash();
        try {
            rules.reload();
            tell(before);
            return ReloadReport.taken(List.of());
        } catch (ConfigException refused) {
            for (Fault fault : refused.faults()) {
                log.atError().addKeyValue("fault", fault).log("Changed rules are no good; the ones before stay");
            }
            trail.onRulesReload(before, null, refused.getMessage());
            return ReloadReport.refused(
                    refused.faults().stream().map(Fault::toString).toList());
        }
    }

    /**
     * Other rules from now on.
     *
     * @param checked what {@code source} has said
     * @param looked what the files looked like before it did
     */
    synchronized void replace(RuleSet checked, Rules.Source source, List<Path> now, FileStamps looked) {
        String before = rules.current().hash();
        files = List.copyOf(now);
        seen = looked;
        rules.replace(checked, source);
        tell(before);
    }

    private void tell(String before) {
        String after = rules.current().hash();
        log.atInfo().addKeyValue("before", before).addKeyValue("after", after).log("Rules were read again");
        trail.onRulesReload(before, after, null);
    }
}
