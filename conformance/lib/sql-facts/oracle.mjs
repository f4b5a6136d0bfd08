// What PostgreSQL's own parser says about each statement of a file of statements, NUL between them: one line of JSON each.
//   {"ok": true, "relations": [...], "writes": [...], "functions": [...]}   or {"ok": false}
import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const { loadModule, parseSync } = createRequire(process.cwd() + '/')('libpg-query');
await loadModule();

const name = (schema, relation) => (schema ? `${schema}.${relation}` : relation);
const strings = (list) => (list ?? []).map((item) => item.String?.sval ?? item.String?.str ?? '*');

// WITH names are taken out where they are in scope, as the server's analysis would.
function walk(node, facts, scopes) {
  if (Array.isArray(node)) {
    node.forEach((child) => walk(child, facts, scopes));
    return;
  }
  if (node === null || typeof node !== 'object') return;
  // A field that can only be a relation has no node's name around it.
  if (node.relname && node.relpersistence) {
    read(node, facts, scopes);
    return;
  }
  for (const [kind, value] of Object.entries(node)) {
    if (value === null || typeof value !== 'object') continue;
    switch (kind) {
      case 'SelectStmt':
      case 'larg':
      case 'rarg':
        query(value, facts, scopes, () => {
          if (value.intoClause) facts.writes.add(target(value.intoClause.rel));
        }, ['intoClause']);
        break;
      case 'InsertStmt':
      case 'UpdateStmt':
      case 'DeleteStmt':
      case 'MergeStmt':
        query(value, facts, scopes, () => facts.writes.add(target(value.relation)), ['relation']);
        break;
      case 'FuncCall':
        func(value, facts);
        walk(value, facts, scopes);
        break;
      case 'ConstraintsSetStmt':
      case 'LockingClause':
      case 'CreateFunctionStmt':
      case 'CompositeTypeStmt':
        break;
      case 'CreateTrigStmt':
        walk({ ...value, funcname: null }, facts, scopes);
        break;
      case 'A_Indirection':
        strings(value.indirection).forEach((field) => facts.attributes.add(field));
        walk(value, facts, scopes);
        break;
      case 'ColumnRef':
        if (value.fields.length > 1) facts.attributes.add(strings(value.fields).at(-1));
        break;
      case 'DropStmt':
        drop(value, facts);
        break;
      case 'CommentStmt':
      case 'SecLabelStmt':
        comment(value, facts);
        break;
      case 'AlterTableStmt':
      case 'RenameStmt':
      case 'AlterObjectSchemaStmt':
        // A composite type is no relation that holds anything.
        if (value.objtype !== 'OBJECT_TYPE' && value.relationType !== 'OBJECT_TYPE') walk(value, facts, scopes);
        break;
      default:
        walk(value, facts, scopes);
    }
  }
}

const target = (rel) => name(rel.schemaname, rel.relname);

function read(rel, facts, scopes) {
  if (!rel.relname) return;
  if (!rel.schemaname && scopes.some((scope) => scope.has(rel.relname))) return;
  facts.relations.add(target(rel));
}

function query(value, facts, scopes, own, skip) {
  own();
  const inner = [new Set(), ...scopes];
  const clause = value.withClause;
  if (clause) {
    const ctes = clause.ctes.map((cte) => cte.CommonTableExpr);
    if (clause.recursive) ctes.forEach((cte) => inner[0].add(cte.ctename));
    for (const cte of ctes) {
      walk(cte.ctequery, facts, inner.map((scope) => new Set(scope)));
      walk([cte.cycle_clause ?? {}], facts, inner);
      inner[0].add(cte.ctename);
    }
  }
  for (const [key, child] of Object.entries(value)) {
    if (key === 'withClause' || skip.includes(key)) continue;
    walk(key === 'larg' || key === 'rarg' ? { [key]: child } : child, facts, inner);
  }
}

// What the grammar makes of operators and clauses is no call.
const OPERATORS = new Set(['timezone', 'like_escape', 'similar_to_escape', 'similar_escape', 'overlaps', 'is_normalized',
  'xmlexists', 'pg_collation_for']);

function func(value, facts) {
  const parts = strings(value.funcname);
  const last = parts.at(-1);
  const form = value.funcformat;
  if (form === 'COERCE_SQL_SYNTAX' && (OPERATORS.has(last) || last === 'between_symmetric')) return;
  if (form === 'COERCE_SQL_SYNTAX') {
    // TRIM is btrim, ltrim or rtrim there; a word of the grammar has one name here.
    facts.functions.add(name('pg_catalog', ['btrim', 'ltrim', 'rtrim'].includes(last) ? 'trim' : last));
    return;
  }
  facts.functions.add(parts.length > 1 ? name(parts.at(-2), last) : last);
}

const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_INDEX', 'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE']);
const ON_RELATION = new Set(['OBJECT_TRIGGER', 'OBJECT_RULE', 'OBJECT_POLICY', 'OBJECT_TABCONSTRAINT']);

function drop(value, facts) {
  for (const object of value.objects ?? []) {
    const parts = strings(object.List?.items);
    if (RELATIONS.has(value.removeType)) facts.writes.add(name(parts.at(-2), parts.at(-1)));
    if (ON_RELATION.has(value.removeType)) facts.writes.add(name(parts.at(-3), parts.at(-2)));
  }
}

function comment(value, facts) {
  const parts = strings(value.object?.List?.items);
  if (RELATIONS.has(value.objtype)) facts.writes.add(name(parts.at(-2), parts.at(-1)));
  if (ON_RELATION.has(value.objtype) || value.objtype === 'OBJECT_COLUMN') {
    facts.writes.add(name(parts.at(-3), parts.at(-2)));
  }
}

for (const sql of readFileSync(process.argv[2], 'utf8').split('\0')) {
  let line;
  try {
    const tree = parseSync(sql);
    const facts = { relations: new Set(), writes: new Set(), functions: new Set(), attributes: new Set() };
    walk(tree.stmts.map((each) => each.stmt), facts, []);
    line = {
      ok: tree.stmts.length === 1,
      kind: tree.stmts.length === 1 ? Object.keys(tree.stmts[0].stmt)[0] : null,
      relations: [...facts.relations],
      writes: [...facts.writes],
      functions: [...facts.functions],
      // (e).f and t.f may be fields, and may be calls of f.
      attributes: [...facts.attributes],
    };
  } catch (error) {
    line = { ok: false, error: String(error.message) };
  }
  writeSync(1, JSON.stringify(line) + '\n');
}
