package io.pgweir.routing.split;

import java.util.Set;
import java.util.TreeSet;

/**
 * Writes {@link Functions#SQL}.
 *
 * <p>What a view or policy calls stands in its stored tree only: pg_depend lists no functions of pg_catalog, which are pinned. The
 * tree names them by {@code :funcid 1574} and the like, and relations by {@code :relid 16384}.
 */
final class CatalogQuery {
    private CatalogQuery() {}

    static String text(int rowsMax) {
        return TEXT.replace("{harmless}", list(BuiltIns.HARMLESS))
                .replace("{of-one-server}", list(BuiltIns.OF_ONE_SERVER))
                .replace("{rows-max}", Integer.toString(rowsMax));
    }

    private static String list(Set<String> names) {
        return "'{" + String.join(",", new TreeSet<>(names)) + "}'::pg_catalog.name[]";
    }

    /**
     * {@code kept} is what the leader keeps. An aggregate is as volatile as its functions, whatever its own row says, and a call
     * that leaves an argument out as that argument's default.
     */
    private static final String TEXT = """
            with recursive
            function as materialized (
                select p.oid, p.pronamespace, p.proname,
                       p.pronamespace = 'pg_catalog'::regnamespace as own,
                       case when p.pronamespace <> 'pg_catalog'::regnamespace
                            then p.provolatile = 'v' or exists (
                                select from regexp_matches(p.proargdefaults::text, ':(?:funcid|opfuncid) ([1-9][0-9]*)', 'g') m
                                join pg_catalog.pg_proc d on d.oid = m[1]::oid
                                where d.provolatile = 'v' and (d.pronamespace <> 'pg_catalog'::regnamespace
                                                               or d.proname <> all ({harmless})))
                            or exists (
                                select from pg_catalog.pg_aggregate a
                                join pg_catalog.pg_proc f on f.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
                                    a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
                                where p.prokind = 'a' and a.aggfnoid = p.oid and f.provolatile = 'v')
                            else p.provolatile = 'v' and p.proname <> all ({harmless})
                                or p.proname = any ({of-one-server}) or p.proname ~ '^pg_stat(io)?_' end as kept,
                       p.provolatile = 'v' and p.pronargs > 0 and p.pronargs - p.pronargdefaults <= 1 and exists (
                           select from pg_catalog.pg_type t where t.oid = p.proargtypes[0] and t.typtype in ('c', 'p')
                       ) as field
                from pg_catalog.pg_proc p
                where p.prokind <> 'p'
                and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)),
            tree as materialized (
                select ev_class as relation, ev_action::text as text from pg_catalog.pg_rewrite where ev_type = '1'
                union all
                select p.polrelid, p.polqual::text from pg_catalog.pg_policy p
                join pg_catalog.pg_class c on c.oid = p.polrelid
                where p.polcmd in ('r', '*') and p.polqual is not null and c.relrowsecurity),
            mention as materialized (
                select distinct t.relation, m[1] = 'relid' as relid, m[2]::oid as oid
                from tree t, regexp_matches(t.text, ':(relid|funcid|opfuncid|aggfnoid|winfnoid) ([1-9][0-9]*)', 'g') m),
            edge as materialized (
                select relation, oid as target from mention where relid and relation <> oid
                union select inhparent, inhrelid from pg_catalog.pg_inherits),
            kept (oid, reason) as (
                select m.relation, 'volatile-view' from mention m join function f on f.oid = m.oid
                where f.kept and not m.relid
                union select relation, 'volatile-view' from tree where text like '%:rowMarks ({%'
                union select oid, case when relkind = 'f' then 'foreign-table'
                                       when relkind = 'S' then 'sequence' else 'unlogged-table' end
                from pg_catalog.pg_class
                where relkind = 'f' or relkind = 'S' and relname !~ '_seq$'
                or relpersistence = 'u' and relkind in ('r', 'p', 'm')
                union select e.relation, k.reason from kept k join edge e on e.target = k.oid)
            select 'relation' as kind, n.nspname::text as schema, c.relname::text as name,
                   case when n.nspname = 'pg_catalog' then 'about-the-server' else min(k.reason) end as reason
            from kept k join pg_catalog.pg_class c on c.oid = k.oid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname !~ '^pg_(toast|temp_)'
            group by 2, 3, n.nspname
            union all
            select distinct 'suspect', null, s.name, null
            from (select proname::text as name from function where field and not own
                  union all
                  select o.oprname::text from pg_catalog.pg_operator o join pg_catalog.pg_proc p on p.oid = o.oprcode
                  where p.provolatile = 'v'
                  union all
                  select t.typname::text from pg_catalog.pg_type t join pg_catalog.pg_proc p
                  on p.oid in (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin)
                  where p.provolatile = 'v' and t.typtype <> 'p'
                  union all
                  select t.typname::text from pg_catalog.pg_cast a join pg_catalog.pg_proc p on p.oid = a.castfunc
                  join pg_catalog.pg_type t on t.oid in (a.castsource, a.casttarget)
                  where p.provolatile = 'v'
                  union all
                  select t.typname::text from pg_catalog.pg_constraint k join pg_catalog.pg_type t on t.oid = k.contypid,
                      regexp_matches(k.conbin::text, ':(?:funcid|opfuncid) ([1-9][0-9]*)', 'g') m
                  join function f on f.oid = m[1]::oid
                  where f.kept) s
            union all
            select 'built-in', null, proname::text, null from function group by proname
            having bool_or(kept) and not bool_or(kept and not own)
            union all
            select 'harmless', null, proname::text, null from function group by proname having not bool_or(kept)
            union all
            select 'harmless', n.nspname::text, f.proname::text, null
            from function f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
            where not f.own and exists (select from function g where g.proname = f.proname and g.kept)
            group by 2, 3 having not bool_or(f.kept)
            union all
            select distinct 'harmless', null, t.typname::text, null from pg_catalog.pg_type t
            where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b', 'r', 'm') and t.typcategory <> 'A'
            and not exists (select from pg_catalog.pg_proc p where p.proname = t.typname)
            limit {rows-max}""";
}
