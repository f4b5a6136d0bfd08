package io.pgweir.boot;

import io.pgweir.audit.AuditTrail;
import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rules again where their files have changed, or somebody asks. What is wrong with them changes nothing: it is logged, fault by
 * fault, and the trail tells. Any thread; waits for files.
 */
final class RulesWatch {
    private static final Logger log = LoggerFactory.getLogger(RulesWatch.class);

    private final Rules rules;
    private final List<Path> files;
    private final AuditTrail trail;
    private List<Stamp> seen;

    private record Stamp(
            Path path,
            long modifiedMillis,
            long bytes,
            @Nullable Object inode) {}

    RulesWatch(Rules rules, List<Path> files, AuditTrail trail) {
        this.rules = rules;
        this.files = files;
        this.trail = trail;
        this.seen = stamps();
    }

    /** Reads them again if they look different. */
    synchronized void look() {
        if (!stamps().equals(seen)) {
            reload();
        }
    }

    synchronized void reload() {
        // Before the files are read: a change in between is then seen as one.
        seen = stamps();
        String before = rules.current().hash();
        try {
            rules.reload();
            RuleSet now = rules.current();
            log.atInfo()
                    .addKeyValue("before", before)
                    .addKeyValue("after", now.hash())
                    .log("Rules were read again");
            trail.onRulesReload(before, now.hash(), null);
        } catch (ConfigException refused) {
            for (Fault fault : refused.faults()) {
                log.atError().addKeyValue("fault", fault).log("Changed rules are no good; the ones before stay");
            }
            trail.onRulesReload(before, null, refused.getMessage());
        }
    }

    /** A file that is not there has no stamp. */
    private List<Stamp> stamps() {
        List<Stamp> stamps = new ArrayList<>();
        for (Path path : files) {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                stamps.add(new Stamp(path, now.lastModifiedTime().toMillis(), now.size(), now.fileKey()));
            } catch (IOException unreadable) {
                log.atDebug().setCause(unreadable).log("A rule file cannot be looked at");
            }
        }
        return stamps;
    }
}
