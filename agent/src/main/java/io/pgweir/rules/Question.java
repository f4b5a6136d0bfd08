package io.pgweir.rules;

import io.pgweir.session.Execution;
import io.pgweir.session.Parameters;
import io.pgweir.session.Transaction;
import io.pgweir.sql.CopyClause;
import io.pgweir.sql.facts.StatementFacts;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules are asked about: one a session, filled anew for each question, confined to the session's event loop.
 *
 * <p>What a moment does not know is left empty; a rule that asks for it gets "unknown", not "no".
 */
public final class Question {
    private final Asker asker;
    private long nowMicros;
    private Execution.Path path = Execution.Path.SIMPLE;
    private Execution.Step step = Execution.Step.EXECUTE;
    private int position;
    private int statements = 1;
    private @Nullable StatementFacts facts;
    private @Nullable Parameters parameters;
    private Charset charset = StandardCharsets.UTF_8;
    private List<String> columns = List.of();
    private long rows;
    private long bytes;
    private CopyClause.@Nullable Format copyFormat;
    private @Nullable Transaction transaction;
    private @Nullable Meter meter;

    public Question(Asker asker) {
        this.asker = asker;
    }

    /** Begins a new question: nothing is known but who asks, and when. */
    public void begin(long nowMicros) {
        this.nowMicros = nowMicros;
        path = Execution.Path.SIMPLE;
        step = Execution.Step.EXECUTE;
        position = 0;
        statements = 1;
        facts = null;
        parameters = null;
        columns = List.of();
        rows = 0;
        bytes = 0;
        copyFormat = null;
        transaction = null;
    }

    /** As {@link #onScript}, with the way that it came. */
    public void onPath(Execution.Path path, Execution.Step step, int position, int statements) {
        this.path = path;
        this.step = step;
        onScript(position, statements);
    }

    /**
     * @param position of the statement in its query string, from 0
     * @param statements in that query string
     */
    public void onScript(int position, int statements) {
        this.position = position;
        this.statements = statements;
    }

    /** @param facts null where it may run what nobody can tell */
    public void onStatement(@Nullable StatementFacts facts) {
        this.facts = facts;
    }

    /** @param charset of values in text format */
    public void onParameters(@Nullable Parameters parameters, Charset charset) {
        this.parameters = parameters;
        this.charset = charset;
    }

    /** @param columns names, as RowDescription tells them */
    public void onColumns(List<String> columns) {
        this.columns = columns;
    }

    /** Of the result, or the COPY, so far: what the next row would add is in it. */
    public void onProgress(long rows, long bytes) {
        this.rows = rows;
        this.bytes = bytes;
    }

    public void onCopyFormat(CopyClause.@Nullable Format format) {
        this.copyFormat = format;
    }

    public void onTransaction(@Nullable Transaction transaction) {
        this.transaction = transaction;
    }

    /** For good: it stays from question to question. */
    public void meteredBy(Meter meter) {
        this.meter = meter;
    }

    public Asker asker() {
        return asker;
    }

    /** Since 1970. */
    public long nowMicros() {
        return nowMicros;
    }

    public Execution.Path path() {
        return path;
    }

    public Execution.Step step() {
        return step;
    }

    public int position() {
        return position;
    }

    public int statements() {
        return statements;
    }

    public @Nullable StatementFacts facts() {
        return facts;
    }

    public @Nullable Parameters parameters() {
        return parameters;
    }

    public Charset charset() {
        return charset;
    }

    public List<String> columns() {
        return columns;
    }

    public long rows() {
        return rows;
    }

    public long bytes() {
        return bytes;
    }

    public CopyClause.@Nullable Format copyFormat() {
        return copyFormat;
    }

    public @Nullable Transaction transaction() {
        return transaction;
    }

    public @Nullable Meter meter() {
        return meter;
    }
}
