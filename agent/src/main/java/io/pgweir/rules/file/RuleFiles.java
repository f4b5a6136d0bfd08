package io.pgweir.rules.file;

import io.pgweir.config.ConfigException;
import io.pgweir.config.Fault;
import io.pgweir.config.Faults;
import io.pgweir.config.NearName;
import io.pgweir.config.RulesConfig;
import io.pgweir.config.YamlFile;
import io.pgweir.rules.Rule;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Rules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** All rules of some files and packs, in this order, with everything that is wrong with them. Immutable. */
public final class RuleFiles {
    /** Of one file, at most. */
    public static final int FILE_CHARS_MAX = RuleFile.CHARS_MAX;

    private final List<RuleFile> files;
    private final List<Fault> faults;

    private RuleFiles(List<RuleFile> files, List<Fault> faults) {
        this.files = files;
        this.faults = faults;
    }

    /** Reads all of them, whatever is wrong with one. */
    public static RuleFiles read(List<Path> paths, List<String> packs, InstantSource clock) {
        List<RuleFile> files = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (Path path : paths) {
            Faults own = new Faults(path.toString());
            String text = YamlFile.text(path, RuleFile.CHARS_MAX, own);
            if (own.found().isEmpty()) {
                files.add(RuleFile.read(path.toString(), text, own, clock.instant()));
            }
            faults.addAll(own.found());
        }
        for (String pack : packs) {
            Faults own = new Faults("pack " + pack);
            if (Packs.NAMES.contains(pack)) {
                files.add(RuleFile.read("pack " + pack, Packs.text(pack, own), own, clock.instant()));
            } else {
                own.add(
                        0,
                        0,
                        "no such pack (expected: " + String.join(", ", Packs.NAMES) + ")"
                                + NearName.hint(pack, Packs.NAMES));
            }
            faults.addAll(own.found());
        }
        faults.addAll(sameIds(files));
        return new RuleFiles(List.copyOf(files), List.copyOf(faults));
    }

    /** Across files; within one its own reading tells. */
    private static List<Fault> sameIds(List<RuleFile> files) {
        List<Fault> faults = new ArrayList<>();
        Map<String, TestedRule> first = new HashMap<>();
        for (RuleFile file : files) {
            for (TestedRule rule : file.rules()) {
                TestedRule known = first.putIfAbsent(rule.rule().id(), rule);
                if (known != null && !known.file().equals(rule.file())) {
                    faults.add(new Fault(
                            rule.file(),
                            rule.line(),
                            0,
                            "id: `" + rule.rule().id() + "` again (expected: each rule its own; first in "
                                    + known.file() + ":" + known.line() + ")"));
                }
            }
        }
        return faults;
    }

    /** A source for {@link Rules}: what the configuration names, read anew each time. */
    public static Rules.Source source(RulesConfig config, InstantSource clock) {
        return () -> {
            if (config.files().isEmpty() && config.packs().isEmpty()) {
                return RuleSet.NONE;
            }
            return read(config.files(), config.packs(), clock).toRuleSet(config.strict());
        };
    }

    /** @throws ConfigException with all faults, and where {@code strict} with all warnings */
    public RuleSet toRuleSet(boolean strict) throws ConfigException {
        List<Fault> all = new ArrayList<>(faults);
        if (strict) {
            all.addAll(warnings());
        }
        if (!all.isEmpty()) {
            throw new ConfigException(all);
        }
        return RuleSet.of(rules(), hash());
    }

    /** In the order of the files. */
    public List<Rule> rules() {
        return tested().stream().map(TestedRule::rule).toList();
    }

    List<TestedRule> tested() {
        return files.stream().flatMap(file -> file.rules().stream()).toList();
    }

    public List<Fault> faults() {
        return faults;
    }

    public List<Fault> warnings() {
        return files.stream().flatMap(file -> file.warnings().stream()).toList();
    }

    /** Over names and texts of all files, in their order. */
    private String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (RuleFile file : files) {
                digest.update(file.name().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(file.text().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return "sha256:" + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
