package io.pgweir.cli;

import io.pgweir.config.ConfigException;
import io.pgweir.rules.Asker;
import io.pgweir.rules.Moment;
import io.pgweir.rules.Question;
import io.pgweir.rules.RuleSet;
import io.pgweir.rules.Verdict;
import io.pgweir.rules.file.RuleFiles;
import io.pgweir.sql.LexicalRules;
import io.pgweir.sql.SqlScript;
import io.pgweir.sql.SqlStatement;
import io.pgweir.sql.facts.FactsCache;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What rules say of a statement, and why. */
@Command(
        name = "explain",
        description = "Shows a statement's facts, what each rule says of it and why, and the verdict.",
        sortOptions = false)
final class RulesExplainCommand implements Callable<Integer> {
    private static final List<Moment> MOMENTS = List.of(Moment.STATEMENT, Moment.BIND, Moment.RESULT, Moment.COPY);
    private static final long CACHE_BYTES = 16 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Mixin
    private final RuleOptions options = new RuleOptions();

    @Option(names = "--sql", paramLabel = "TEXT", required = true, description = "One statement or several.")
    private String sql = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Who asks. Default: ${DEFAULT-VALUE}.")
    private String user = "nobody";

    @Option(names = "--database", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private String database = "postgres";

    @Option(names = "--application", paramLabel = "NAME", description = "application_name. Default: empty.")
    private String application = "";

    @Option(names = "--address", paramLabel = "IP", description = "The client's. Default: ${DEFAULT-VALUE}.")
    private String address = "127.0.0.1";

    @Option(names = "--listener", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private String listener = "main";

    @Option(names = "--cluster", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private String cluster = "main";

    @Option(names = "--tls", description = "Whether the client came through TLS.")
    private boolean tls;

    @Option(
            names = "--rows",
            paramLabel = "COUNT",
            description = "Of the result so far, for rules that look at rows. Default: ${DEFAULT-VALUE}.")
    private long rows;

    @Option(names = "--time", paramLabel = "TIME", description = "Such as 2026-01-05T12:00:00Z. Default: now.")
    private Instant time = Instant.now();

    @Override
    public Integer call() throws ConfigException {
        RuleFiles files = options.read();
        RuleSet set = files.toRuleSet(false);
        PrintWriter out = spec.commandLine().getOut();
        ExplainText text = new ExplainText(out, Colours.ofTerminal());
        Question question = new Question(asker());
        FactsCache cache = new FactsCache(CACHE_BYTES);
        List<SqlStatement> statements = SqlScript.of(sql, LexicalRules.DEFAULT).statements();
        question.begin(micros());
        text.moment(Moment.SESSION, set.explain(Moment.SESSION, question));
        Verdict verdict = set.judge(Moment.SESSION, question);
        for (int i = 0; i < statements.size(); i++) {
            question.begin(micros());
            question.onScript(i, statements.size());
            question.onStatement(cache.of(statements.get(i)));
            question.onProgress(rows, 0);
            text.statement(i, statements.size(), statements.get(i), cache.of(statements.get(i)));
            for (Moment moment : MOMENTS) {
                text.moment(moment, set.explain(moment, question));
                verdict = verdict.and(set.judge(moment, question));
            }
        }
        text.verdict(verdict);
        return ExitCode.OK;
    }

    private Asker asker() {
        try {
            return new Asker(
                    new UUID(0, 1),
                    user,
                    database,
                    application,
                    InetAddress.ofLiteral(address),
                    listener,
                    cluster,
                    tls,
                    "",
                    micros());
        } catch (IllegalArgumentException _) {
            throw new ParameterException(spec.commandLine(), "--address: " + address + " (expected: an IP address)");
        }
    }

    private long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
