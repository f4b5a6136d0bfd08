// What a program with node-postgres does: prints what each step gave it. The server is told by libpq's environment variables.
'use strict';
const { once } = require('node:events');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const { createRequire } = require('node:module');
const from = createRequire(process.cwd() + '/');
const { Client, Pool, Query } = from('pg');
const Cursor = from('pg-cursor');
const { from: copyFrom, to: copyTo } = from('pg-copy-streams');

async function show(name, step) {
  let result;
  try {
    result = await step();
  } catch (e) {
    if (e.code === undefined) throw e;
    result = `error ${e.code} ${e.message} ${e.constraint ?? ''}`.trimEnd();
  }
  console.log(`${name}: ${JSON.stringify(result)}`);
}

const rows = async (client, text, values) => (await client.query({ text, values, rowMode: 'array' })).rows;
const tag = async (client, text, values) => {
  const result = await client.query(text, values);
  return Array.isArray(result) ? result.map((r) => [r.command, r.rowCount]) : [result.command, result.rowCount];
};

async function simple(c) {
  await show('create', () => tag(c, 'create table item(id int primary key, name text not null, price numeric, made timestamptz)'));
  await show('script', () => tag(c, "insert into item values (1, 'one'); insert into item values (2, 'two'); select * from item order by id"));
  await show('rows', () => rows(c, 'select * from item order by id'));
  await show('types', () => rows(c,
    'select $1::int4, $2::int8, $3::text, $4::bool, $5::text, $6::numeric, $7::float8, $8::timestamptz, $9::bytea, $10::int4[], $11::jsonb, $12::uuid',
    [7, 2n ** 40n, "naïve 'text'", true, null, '1.50', 1.5, new Date(Date.UTC(2026, 2, 1)), Buffer.from([0, 255]), [1, 2], { a: [1] },
      '00000000-0000-0000-0000-000000000011']));
  await show('binary', async () => (await c.query({ text: 'select id, name from item order by id', binary: true, rowMode: 'array' })).rows);
  await show('fields', async () => (await c.query('select id, name from item')).fields.map((f) => [f.name, f.dataTypeID]));
  await show('returning', () => rows(c, 'insert into item values ($1, $2, $3, $4) returning id, made', [3, 'three', '3.5', '2026-01-01 00:00+00']));
  await show('unique', () => tag(c, "insert into item values (1, 'again')"));
  await show('unique with a parameter', () => tag(c, 'insert into item values ($1, $2)', [1, 'again']));
  await show('syntax', () => tag(c, 'selec 1'));
  await show('no table', () => rows(c, 'select * from nowhere where a = $1', [1]));
  await show('bad parameter', () => rows(c, 'select $1::int', ['x']));
  await show('division', () => rows(c, 'select 1 / (id - 2) from item order by id'));
  await show('empty', () => tag(c, ''));
  await show('after errors', () => rows(c, 'select count(*)::int from item'));
}

async function prepared(c) {
  for (let n = 0; n < 4; n++) {
    await show(`named read ${n}`, async () => (await c.query({ name: 'find', text: 'select name from item where id = $1', values: [n] })).rows);
    await show(`named write ${n}`, async () => (await c.query({ name: 'put', text: 'insert into item values ($1, $2)', values: [n + 10, `n${n}`] })).rowCount);
    await show(`named seen ${n}`, async () => (await c.query({ name: 'find', text: 'select name from item where id = $1', values: [n + 10] })).rows);
  }
  await show('paged', async () => (await c.query({ text: 'select id from item order by id', rows: 2, rowMode: 'array' })).rows);
}

async function ownWrites(c) {
  await c.query('create table counted(id int, note text)');
  const missing = [];
  for (let n = 0; n < 200; n++) {
    await c.query('insert into counted values ($1, $2)', [n, 'x']);
    if ((await rows(c, 'select 1 from counted where id = $1', [n])).length !== 1) missing.push(n);
  }
  console.log(`own writes missing: ${missing}`);
}

// Queries that wait in the driver, and those of a pool: order and own writes.
async function queued(c) {
  const asked = [];
  for (let n = 0; n < 30; n++) {
    asked.push(tag(c, 'insert into counted values ($1, $2)', [n, 'queued']));
    asked.push(rows(c, "select count(*)::int from counted where note = 'queued'"));
  }
  console.log(`queued: ${JSON.stringify(await Promise.all(asked))}`);
  const pool = new Pool({ max: 4 });
  const wrong = [];
  await Promise.all([0, 1, 2, 3].map(async (worker) => {
    const client = await pool.connect();
    for (let n = 0; n < 40; n++) {
      await client.query('insert into counted values ($1, $2)', [n, `worker ${worker}`]);
      const [[count]] = await rows(client, 'select count(*)::int from counted where note = $1', [`worker ${worker}`]);
      if (count !== n + 1) wrong.push([worker, n, count]);
    }
    client.release();
  }));
  console.log(`pool: ${JSON.stringify(wrong)}`);
  await pool.end();
}

async function transactions(c) {
  await show('begin', () => tag(c, 'begin'));
  await show('read', () => rows(c, 'select count(*)::int from item'));
  await show('write', () => tag(c, "insert into item values (100, 'gone')"));
  await show('seen', () => rows(c, 'select name from item where id = $1', [100]));
  await show('rollback', () => tag(c, 'rollback'));
  await show('gone', () => rows(c, 'select name from item where id = $1', [100]));
  await show('begin again', () => tag(c, 'begin'));
  await show('savepoint', () => tag(c, "insert into item values (101, 'kept'); savepoint s"));
  await show('error', () => tag(c, "insert into item values (101, 'twice')"));
  await show('failed', () => rows(c, 'select 1'));
  await show('rollback to', () => tag(c, 'rollback to s'));
  await show('commit', () => tag(c, 'commit'));
  await show('kept', () => rows(c, 'select name from item where id = 101'));
  await show('begin read only', () => tag(c, 'begin transaction read only'));
  await show('reads', async () => [await rows(c, 'select count(*)::int from item'), await rows(c, 'select name from item where id = $1', [1])]);
  await show('write', () => tag(c, 'delete from item'));
  await show('failed', () => rows(c, 'select 1'));
  await show('end', () => tag(c, 'commit'));
  await show('repeatable read', () => tag(c, 'begin isolation level repeatable read read only'));
  await show('reads', async () => [await rows(c, 'select count(*)::int from item'), await rows(c, 'show transaction_isolation')]);
  await show('end', () => tag(c, 'commit'));
}

async function cursors(c) {
  await show('filled', () => tag(c, "insert into item select n, 'row ' || n from generate_series(1000, 1999) n"));
  const read = async () => {
    const cursor = c.query(new Cursor('select id from item where id >= $1 order by id', [1000], { rowMode: 'array' }));
    let count = 0;
    for (;;) {
      const some = await cursor.read(150);
      if (some.length === 0) break;
      count += some.length;
    }
    await cursor.close();
    return count;
  };
  await show('cursor', read);
  await show('cursor closed early', async () => {
    const cursor = c.query(new Cursor('select id from item order by id', [], { rowMode: 'array' }));
    const some = await cursor.read(2);
    await cursor.close();
    return some;
  });
  await show('after it', () => rows(c, 'select count(*)::int from item'));
  await show('cursor in a block', async () => {
    await c.query('begin read only');
    const count = await read();
    await c.query('commit');
    return count;
  });
}

async function copies(c) {
  await show('copy in', async () => {
    const stream = c.query(copyFrom('copy item(id, name) from stdin'));
    await pipeline(Readable.from(Array.from({ length: 500 }, (_, n) => `${n + 3000}\tcopied ${n}\n`)), stream);
    return stream.rowCount;
  });
  await show('copied', () => rows(c, 'select count(*)::int, max(name) from item where id >= 3000'));
  await show('copy in, broken', () => pipeline(Readable.from(['1\ttwice\n']), c.query(copyFrom('copy item(id, name) from stdin'))));
  await show('copy out', async () => {
    let bytes = 0;
    for await (const chunk of c.query(copyTo('copy (select * from item order by id) to stdout'))) bytes += chunk.length;
    return bytes;
  });
}

async function settings(c) {
  await c.query("create schema other; create table other.item(id int, name text); insert into other.item values (1, 'other')");
  const name = () => rows(c, 'select name from item where id = $1', [1]);
  await show('search_path', async () => [await tag(c, 'set search_path to other'), await name()]);
  await show('search_path back', async () => [await tag(c, 'reset search_path'), await name()]);
  await show('timezone', async () => [await tag(c, "set timezone to 'Asia/Tokyo'"), await rows(c, 'select made::text from item where id = 3')]);
  await show('timezone back', async () => [await tag(c, "set timezone to 'UTC'"), await rows(c, 'select made::text from item where id = 3')]);
  await show('unknown', () => tag(c, 'set nothing_of_the_kind to 1'));
}

async function cancels(c) {
  await show('statement timeout', async () => [await tag(c, "set statement_timeout to '300ms'"), await rows(c, 'select pg_sleep(20)')]);
  await show('statement timeout off', () => tag(c, 'set statement_timeout to 0'));
  await show('cancelled', async () => {
    const query = new Query('select pg_sleep(20)');
    const done = Promise.race([once(query, 'end'), once(query, 'error')]);
    c.query(query);
    setTimeout(() => new Client().cancel(c, query), 700);
    return done;
  });
  await show('after it', () => rows(c, 'select count(*)::int from item where id < 10'));
}

async function listens() {
  const [listener, teller] = [new Client(), new Client()];
  await listener.connect();
  await teller.connect();
  const heard = [];
  const both = new Promise((resolve) => listener.on('notification', (n) => heard.push([n.channel, n.payload]) === 2 && resolve()));
  await listener.query('listen news');
  await show('listening reads', () => rows(listener, 'select count(*)::int from item where id < 10'));
  await teller.query("select pg_notify('news', 'function')");
  await teller.query("notify news, 'statement'");
  await both;
  console.log(`heard: ${JSON.stringify(heard)}`);
  await listener.end();
  await teller.end();
}

async function temporary() {
  const c = new Client();
  await c.connect();
  await show('temporary', () => tag(c, 'create temp table mine as select id from item where id < 10'));
  await show('temporary, read', () => rows(c, 'select count(*)::int from mine join item using (id)'));
  await c.end();
}

async function main() {
  const c = new Client({ application_name: 'program', statement_timeout: 60000, options: '-c intervalstyle=iso_8601' });
  c.on('notice', (n) => console.log(`notice: ${n.message}`));
  await c.connect();
  await show('options', () => rows(c, "select interval '1 day 2 hours'::text"));
  await show('notice', () => tag(c, 'drop table if exists nothing'));
  for (const step of [simple, prepared, ownWrites, queued, transactions, cursors, copies, settings, cancels]) {
    console.log(`== ${step.name}`);
    await step(c);
  }
  await c.end();
  await listens();
  await temporary();
  await show('wrong password', () => new Client({ password: 'wrong' }).connect());
}

main().catch((e) => {
  console.log('program failed:', e);
  process.exit(1);
});
