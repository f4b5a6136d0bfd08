package io.pgweir.sql.facts;

/** SQL/XML's functions: labels, options and clauses among the arguments. */
final class XmlReader {
    private final Reader reader;
    private final Cursor cursor;

    XmlReader(Reader reader) {
        this.reader = reader;
        this.cursor = reader.cursor;
    }

    /** The next token is a parenthesis. */
    boolean special(String word) {
        return switch (word) {
            case "XMLCONCAT",
                    "XMLELEMENT",
                    "XMLEXISTS",
                    "XMLFOREST",
                    "XMLPARSE",
                    "XMLPI",
                    "XMLROOT",
                    "XMLSERIALIZE" -> {
                CallReader.note(cursor, word);
                cursor.at += 2;
                clauses(word.equals("XMLSERIALIZE"));
                cursor.expect(')');
                yield true;
            }
            default -> false;
        };
    }

    /** @param typed whether a type stands behind AS, not a label */
    private void clauses(boolean typed) {
        while (!cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "NAME" -> {
                    if (cursor.tokens.isName(cursor.at + 1) && !cursor.is(1, "AS")) {
                        cursor.at++;
                        cursor.name();
                    } else {
                        reader.expressions.expression();
                    }
                }
                case "AS" -> {
                    cursor.at++;
                    if (typed) {
                        reader.types.skip();
                    } else {
                        cursor.name();
                    }
                }
                case "XMLATTRIBUTES" -> {
                    cursor.at++;
                    cursor.expect('(');
                    clauses(false);
                    cursor.expect(')');
                }
                case "DOCUMENT", "CONTENT", "PRESERVE", "STRIP", "WHITESPACE", "INDENT", "PASSING", "NO" -> cursor.at++;
                case "BY" -> cursor.at += 2;
                case "VERSION" -> {
                    cursor.at++;
                    if (!cursor.skip("NO", "VALUE")) {
                        reader.expressions.expression();
                    }
                }
                case "STANDALONE" -> {
                    cursor.at++;
                    if (!cursor.skip("YES")) {
                        cursor.expect("NO");
                        cursor.skip("VALUE");
                    }
                }
                default -> {
                    if (!cursor.skip(',')) {
                        reader.expressions.expression();
                    }
                }
            }
        }
    }

    /** XMLTABLE ( [XMLNAMESPACES (...),] row PASSING [BY REF] document COLUMNS ... ), behind its parenthesis. */
    void table() {
        if (cursor.is("XMLNAMESPACES") && cursor.is(1, '(')) {
            cursor.at += 2;
            namespaces();
            cursor.expect(')');
            cursor.expect(',');
        }
        while (!cursor.is("COLUMNS") && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "PASSING" -> cursor.at++;
                case "BY" -> cursor.at += 2;
                default -> reader.expressions.expression();
            }
        }
        cursor.expect("COLUMNS");
        do {
            column();
        } while (cursor.skip(','));
    }

    private void namespaces() {
        do {
            cursor.skip("DEFAULT");
            reader.expressions.expression();
            if (cursor.skip("AS")) {
                cursor.name();
            }
        } while (cursor.skip(','));
    }

    private void column() {
        cursor.name();
        if (cursor.skip("FOR", "ORDINALITY")) {
            return;
        }
        reader.types.skip();
        while (!cursor.is(',') && !cursor.is(')') && !cursor.isEnd()) {
            switch (cursor.word()) {
                case "NOT", "NULL" -> cursor.at++;
                case "PATH", "DEFAULT" -> {
                    cursor.at++;
                    reader.expressions.expression();
                }
                default -> cursor.unexpected();
            }
        }
    }
}
