package io.pgweir.session;

/** What Parse, Bind and Close did, once the server has said that they did it. */
final class Definitions {
    private final Names names;
    private final Running running;
    private final Scripts scripts;

    Definitions(Names names, Running running, Scripts scripts) {
        this.names = names;
        this.running = running;
        this.scripts = scripts;
    }

    void onParsed(Request parse) {
        QueryText text = parse.text == null ? QueryText.whole("") : parse.text;
        names.prepare(new PreparedStatement(
                parse.name, text, scripts.single(text.text), parse.types, parse.opinion(0), parse.rewritten(0)));
    }

    void onBound(Request bind, long nanos) {
        PreparedStatement statement = names.statement(bind.statementName);
        Parameters parameters = bind.parameters;
        if (statement != null && parameters != null) {
            int known = Math.min(statement.types.length, parameters.types().length);
            System.arraycopy(statement.types, 0, parameters.types(), 0, known);
        }
        Portal portal = new Portal(bind.name, bind.statementName, statement, parameters, bind.opinion(0));
        running.endPortal(names.bind(portal), nanos);
    }

    void onClosed(Request close, long nanos) {
        if (close.kind == Request.Kind.CLOSE_STATEMENT) {
            names.forgetStatement(close.name);
        } else {
            running.endPortal(names.forgetPortal(close.name), nanos);
        }
    }
}
