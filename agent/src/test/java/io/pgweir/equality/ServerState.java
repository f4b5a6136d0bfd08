package io.pgweir.equality;

import io.pgweir.lab.PgServer;
import java.util.List;
import java.util.Objects;

/** What a server holds in its database postgres, as lines to compare: definitions in full, contents as counts and checksums, no OIDs. */
final class ServerState {
    private static final String OWN = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t'";

    /** Of each relation that holds something, a query for its line. */
    private static final String QUERIES = """
            select string_agg(format('select %L || count(*) || '' rows '' || coalesce(sum(hashtextextended(t::text, 0)), 0) as line'
                || ' from %I.%I t', n.nspname || '.' || c.relname || ': ', n.nspname, c.relname), ' union all ')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'm', 'S') and\s""" + OWN;

    private static final String DEFINITIONS = """
            select 'column ' || n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || case when a.attnotnull then ' not null' else '' end
              from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
              where a.attnum > 0 and not a.attisdropped and %1$s
            union all select 'constraint ' || conname || ' ' || pg_get_constraintdef(c.oid)
              from pg_constraint c join pg_namespace n on n.oid = c.connamespace where %1$s
            union all select pg_get_indexdef(i.indexrelid)
              from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where %1$s
            union all select 'function ' || p.oid::regprocedure::text || ' ' || md5(p.prosrc)
              from pg_proc p join pg_namespace n on n.oid = p.pronamespace where %1$s
            union all select 'type ' || typname || ' ' || typtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace where %1$s
            union all select 'view ' || c.relname || ' ' || pg_get_viewdef(c.oid)
              from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and %1$s
            union all select concat_ws(' ', 'role', rolname, rolsuper, rolcanlogin, rolpassword) from pg_authid
            union all select concat_ws(' ', 'setting', setdatabase, setrole, setconfig) from pg_db_role_setting
            union all select 'prepared ' || gid from pg_prepared_xacts
            union all select 'database ' || datname from pg_database
            union all select 'extension ' || extname from pg_extension
            union all select 'large objects ' || count(*) from pg_largeobject_metadata
            union all select 'large objects'' pages ' || count(*) || ' ' || coalesce(sum(hashtextextended(data::text, 0)), 0)
              from pg_largeobject""".formatted(OWN);

    private ServerState() {}

    static List<String> of(PgServer server) {
        String contents = Objects.requireNonNull(server.query(QUERIES), "no table");
        return Objects.requireNonNull(server.query(
                        "select string_agg(line, chr(10) order by line collate \"C\") from (select line from ("
                                + contents + ") c union all " + DEFINITIONS + ") x(line)"))
                .lines()
                .toList();
    }
}
