package io.pgweir.sql.facts;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Functions that run SQL, or read a relation, that their arguments name: what they touch is known to nobody before they run.
 * PostgreSQL's own (XML mapping and text search functions of the manual), and those of dblink, tablefunc and xml2 by whatever
 * schema they were installed in.
 */
final class TextRunners {
    private static final Set<String> OWN = Set.of(
            "query_to_xml",
            "query_to_xmlschema",
            "query_to_xml_and_xmlschema",
            "cursor_to_xml",
            "cursor_to_xmlschema",
            "table_to_xml",
            "table_to_xmlschema",
            "table_to_xml_and_xmlschema",
            "schema_to_xml",
            "schema_to_xml_and_xmlschema",
            "database_to_xml",
            "database_to_xml_and_xmlschema",
            "ts_stat",
            "ts_rewrite");

    private static final Set<String> OF_EXTENSIONS = Set.of(
            "dblink",
            "dblink_exec",
            "dblink_open",
            "dblink_fetch",
            "dblink_send_query",
            "dblink_get_result",
            "crosstab",
            "crosstab2",
            "crosstab3",
            "crosstab4",
            "crosstabn",
            "connectby",
            "xpath_table");

    private TextRunners() {}

    /** One of {@code functions} that is such, or null. */
    static @Nullable FunctionName among(Iterable<FunctionName> functions) {
        for (FunctionName function : functions) {
            if (OWN.contains(function.name()) || OF_EXTENSIONS.contains(function.name())) {
                return function;
            }
        }
        return null;
    }
}
