"""What a program with psycopg 3 does: prints what each step gave it. The server is told by libpq's environment variables."""

import asyncio
import datetime
import decimal
import threading
import uuid

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

TYPES = (7, 2**40, "naïve 'text'", True, None, decimal.Decimal("12345.6789"), 1.5, datetime.date(2026, 3, 1),
         datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.timezone.utc), uuid.UUID(int=17), b"\x00\xff\x10", [1, 2, 3], ["a", None], Jsonb({"a": [1]}))
SELECTED = ("select %s::int4, %s::int8, %s::text, %s::bool, %s::int4, %s::numeric, %s::float8, %s::date, %s::timestamptz, %s::uuid, %s::bytea, "
            "%s::int4[], %s::text[], %s::jsonb")


def show(name, step):
    try:
        result = step()
    except psycopg.Error as e:
        result = f"{type(e).__name__} {e.sqlstate} {e.diag.message_primary} {e.diag.constraint_name or ''}".rstrip()
    print(f"{name}: {result}", flush=True)


def rows(connection, query, parameters=None, **more):
    return connection.execute(query, parameters, **more).fetchall()


def tag(connection, query, parameters=None, **more):
    return connection.execute(query, parameters, **more).statusmessage


def simple(c):
    show("create", lambda: tag(c, "create table item(id int primary key, name text not null, price numeric, made timestamptz default '2026-01-01')"))
    show("script", lambda: tag(c, "insert into item values (1, 'one', 1.5); insert into item values (2, 'two', 2.5); select count(*) from item"))
    show("rows", lambda: rows(c, "select * from item order by id"))
    show("types", lambda: rows(c, SELECTED, TYPES))
    show("types binary", lambda: rows(c, SELECTED, TYPES, binary=True))
    show("description", lambda: [(d.name, d.type_code) for d in c.execute("select id, name from item").description])
    show("dicts", lambda: c.cursor(row_factory=dict_row).execute("select id, price from item order by id").fetchall())
    show("none", lambda: rows(c, "select 1 where false"))
    show("returning", lambda: rows(c, "insert into item values (3, %s, %s) returning id, name", ("three", 3)))
    show("unique", lambda: tag(c, "insert into item values (1, 'again')"))
    show("not null", lambda: tag(c, "insert into item values (9, null)"))
    show("syntax", lambda: tag(c, "selec 1"))
    show("no table", lambda: rows(c, "select * from nowhere where a = %s", (1,)))
    show("division", lambda: rows(c, "select 1 / (id - 2) from item order by id"))
    show("after errors", lambda: rows(c, "select count(*) from item"))
    show("many", lambda: c.cursor().executemany("insert into item(id, name) values (%s, %s)", [(n, f"n{n}") for n in range(10, 20)]))
    show("update", lambda: tag(c, "update item set price = %s where id between %s and %s", (decimal.Decimal("9.99"), 10, 14)))
    show("after many", lambda: rows(c, "select count(*), sum(price) from item"))


def prepared(c):
    c.prepare_threshold = 0
    for n in range(4):
        show(f"prepared read {n}", lambda n=n: rows(c, "select name from item where id = %s", (n + 10,)))
        show(f"prepared write {n}", lambda n=n: rows(c, "update item set price = %s where id = %s returning price", (n, n + 10)))
        show(f"prepared seen {n}", lambda n=n: rows(c, "select price from item where id = %s", (n + 10,)))
    show("prepared over ddl", lambda: tag(c, "alter table item add note text default 'x'"))
    show("prepared star", lambda: rows(c, "select * from item where id = %s", (1,)))
    show("prepared drop", lambda: tag(c, "alter table item drop column note"))
    show("prepared star again", lambda: rows(c, "select * from item where id = %s", (1,)))
    show("prepared star at last", lambda: rows(c, "select * from item where id = %s", (1,)))
    show("deallocate all", lambda: tag(c, "deallocate all"))
    c.prepare_threshold = None
    show("sql prepare", lambda: tag(c, "prepare one(int) as select name from item where id = $1"))
    show("sql execute", lambda: rows(c, "execute one(2)"))
    c.prepare_threshold = 5


def own_writes(c):
    c.execute("create table counted(id int, note text)")
    missing = []
    for n in range(200):
        c.execute("insert into counted values (%s, %s)", (n, "x" * (n % 50)))
        if c.execute("select count(*) from counted where id = %s", (n,)).fetchone() != (1,):
            missing.append(n)
        if n % 3 == 0:
            c.execute("delete from counted where id = %s", (n,))
            if c.execute("select count(*) from counted where id = %s", (n,)).fetchone() != (0,):
                missing.append(-n)
    print("own writes missing:", missing)


def transactions(c):
    def rolled_back():
        with c.transaction():
            c.execute("insert into item(id, name) values (100, 'gone')")
            print("inside:", rows(c, "select name from item where id = 100"))
            raise psycopg.Rollback

    def nested():
        with c.transaction():
            c.execute("insert into item(id, name) values (101, 'kept')")
            try:
                with c.transaction():
                    c.execute("insert into item(id, name) values (102, 'gone')")
                    c.execute("insert into item(id, name) values (101, 'twice')")
            except psycopg.errors.UniqueViolation as e:
                print("nested error:", e.sqlstate)
            return rows(c, "select id from item where id > 100")

    def failed():
        with c.transaction():
            try:
                c.execute("select 1 / 0")
            except psycopg.Error as e:
                print("failed with:", e.sqlstate, c.info.transaction_status.name)
            c.execute("select 1")

    show("rolled back", rolled_back)
    show("rolled back, seen", lambda: rows(c, "select id from item where id = 100"))
    show("nested", nested)
    show("nested, seen", lambda: rows(c, "select id from item where id > 100"))
    show("failed", failed)
    c.autocommit = False
    c.read_only = True
    show("read only", lambda: rows(c, "select count(*) from item"))
    show("read only, again", lambda: rows(c, "select max(id) from item where id > %s", (50,)))
    show("read only, write", lambda: tag(c, "delete from item"))
    show("read only, failed", lambda: rows(c, "select 1"))
    c.rollback()
    c.read_only = None
    c.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    show("repeatable read", lambda: (rows(c, "select count(*) from item"), rows(c, "show transaction_isolation")))
    c.commit()
    c.isolation_level = None
    show("implicit", lambda: (rows(c, "select count(*) from item"), tag(c, "insert into item(id, name) values (103, 'now')")))
    show("for update", lambda: rows(c, "select id from item where id = 103 for update"))
    c.commit()
    c.autocommit = True
    show("committed", lambda: rows(c, "select name from item where id = 103"))


def pipelines(c):
    def mixed():
        with c.pipeline() as p:
            cursors = []
            for n in range(20):
                cursors.append(c.execute("insert into item(id, name) values (%s, 'p') returning id", (200 + n,)))
                cursors.append(c.execute("select count(*) from item where id >= %s", (200,)))
                if n % 5 == 4:
                    p.sync()
            return [cursor.fetchone()[0] for cursor in cursors]

    def reads():
        with c.pipeline():
            cursors = [c.execute("select name, %s::int from item where id = %s", (n, n)) for n in range(10, 20)]
        return [cursor.fetchall() for cursor in cursors]

    def broken():
        with c.pipeline():
            c.execute("insert into item(id, name) values (300, 'not')")
            c.execute("insert into item(id, name) values (1, 'not')")
            c.execute("insert into item(id, name) values (301, 'not')")

    show("pipeline", mixed)
    show("pipeline of reads", reads)
    show("pipeline, broken", broken)
    show("pipeline, after", lambda: rows(c, "select count(*) from item where id >= 300"))


def copies(c):
    def rows_in():
        with c.cursor().copy("copy item(id, name, price) from stdin") as copy:
            for n in range(400, 500):
                copy.write_row((n, f"tab\t{n}", None))

    def broken():
        with c.cursor().copy("copy item(id, name) from stdin") as copy:
            copy.write_row((1, "twice"))

    def out(query):
        with c.cursor().copy(query) as copy:
            return sum(map(len, copy))

    show("copy in", rows_in)
    show("copy in, seen", lambda: rows(c, "select count(*) from item where id >= 400"))
    show("copy in, broken", broken)
    show("copy out", lambda: out("copy (select * from item where id >= 400 order by id) to stdout"))
    show("copy out, binary", lambda: out("copy (select id from item where id >= 400 order by id) to stdout (format binary)"))


def cursors(c):
    def named(**more):
        with c.transaction(), c.cursor("named", **more) as cursor:
            cursor.itersize = 30
            cursor.execute("select id from item where id >= 400 order by id")
            return sum(row[0] for row in cursor)

    def streamed():
        return sum(row[0] for row in c.cursor().stream("select id from item where id >= %s", (400,)))

    def scrolled():
        with c.transaction(), c.cursor("scrolled", scrollable=True) as cursor:
            cursor.execute("select id from item where id >= 400 order by id")
            cursor.scroll(50)
            one = cursor.fetchone()
            cursor.scroll(-10)
            return one, cursor.fetchone()

    def held():
        with c.cursor("held", withhold=True) as cursor:
            cursor.execute("select id from item where id >= 490 order by id")
            return cursor.fetchmany(3), cursor.fetchall()

    show("named cursor", named)
    show("streamed", streamed)
    show("scrolled", scrolled)
    show("held", held)
    show("sql cursor", lambda: [tag(c, "begin read only"), tag(c, "declare x cursor for select id from item order by id"), rows(c, "fetch 3 from x"),
                                tag(c, "commit")])


def settings(c):
    c.execute("create schema other; create table other.item(id int, name text); insert into other.item values (1, 'other')")
    show("search_path", lambda: (tag(c, "set search_path to other, public"), rows(c, "select name from item where id = 1"), rows(c, "show search_path")))
    show("search_path local", lambda: tag(c, "begin; set local search_path to public"))
    show("search_path local, seen", lambda: rows(c, "select name from item where id = 1"))
    show("search_path local, over", lambda: (tag(c, "rollback"), rows(c, "select name from item where id = 1")))
    show("search_path reset", lambda: (tag(c, "reset search_path"), rows(c, "select name from item where id = 1")))
    show("timezone", lambda: (tag(c, "set timezone to 'Asia/Tokyo'"), str(c.info.timezone), rows(c, "select made::text from item where id = 1")))
    show("timezone back", lambda: (tag(c, "set timezone to 'UTC'"), str(c.info.timezone), rows(c, "select made::text from item where id = 1")))
    show("set_config", lambda: (rows(c, "select set_config('my.tenant', '17', false)"), rows(c, "select current_setting('my.tenant')")))
    show("datestyle", lambda: (tag(c, "set datestyle to 'German'"), rows(c, "select made::date::text from item where id = 1")))
    show("encoding", lambda: (tag(c, "set client_encoding to 'latin1'"), rows(c, "select %s::text", ("naïve",)), c.info.encoding))
    show("discard all", lambda: (tag(c, "discard all"), rows(c, "show datestyle"), rows(c, "select current_setting('my.tenant', true)")))


def cancels(c):
    def cancelled():
        timer = threading.Timer(0.7, c.cancel)
        timer.start()
        try:
            return rows(c, "select pg_sleep(20)")
        finally:
            timer.join()

    show("statement timeout", lambda: (tag(c, "set statement_timeout to '300ms'"), rows(c, "select pg_sleep(20)")))
    show("statement timeout off", lambda: (tag(c, "set statement_timeout to 0"), rows(c, "select 1")))
    show("cancelled", cancelled)
    show("cancelled, after", lambda: rows(c, "select count(*) from item where id < 10"))


def listens():
    with psycopg.connect(autocommit=True) as listener, psycopg.connect(autocommit=True) as teller:
        listener.execute("listen news")
        show("listening reads", lambda: rows(listener, "select count(*) from item where id < 10"))
        teller.execute("select pg_notify('news', 'function')")
        teller.execute("notify news, 'statement'")
        heard = listener.notifies()
        show("heard", lambda: [(n.channel, n.payload) for n in (next(heard), next(heard))])


def temporary():
    with psycopg.connect(autocommit=True) as c:
        show("temporary", lambda: tag(c, "create temp table mine as select id from item where id < 10"))
        show("temporary, read", lambda: rows(c, "select count(*) from mine"))
        show("temporary, joined", lambda: rows(c, "select count(*) from mine join item using (id)"))
    with psycopg.connect(autocommit=True) as c:
        show("temporary, elsewhere", lambda: rows(c, "select count(*) from mine"))
        show("temporary, on commit drop", lambda: (tag(c, "begin; create temp table mine(id int) on commit drop; commit"), rows(c, "select count(*) from mine")))


def types_of_its_own(c):
    c.execute("create type mood as enum ('sad', 'happy'); create type pair as (a int, b text); create function twice(int) returns int "
              "language sql immutable as 'select $1 * 2'; create function tells(int) returns int language plpgsql as 'begin return $1; end'")
    show("enum", lambda: rows(c, "select %s::mood, array['sad', 'happy']::mood[]", ("happy",)))
    show("composite", lambda: rows(c, "select row(1, 'x')::pair"))
    show("function", lambda: rows(c, "select twice(%s)", (4,)))
    show("volatile function", lambda: rows(c, "select tells(%s)", (4,)))
    show("composed", lambda: rows(c, sql.SQL("select {} from {} where id = {}").format(sql.Identifier("name"), sql.Identifier("item"), sql.Literal(1))))


async def asynchronous():
    async with await psycopg.AsyncConnection.connect(autocommit=True) as c:
        got = []
        for n in range(50):
            await c.execute("insert into counted values (%s, 'async')", (1000 + n,))
            cursor = await c.execute("select count(*) from counted where note = 'async'")
            got.append((await cursor.fetchone())[0])
        print("async own writes:", got == list(range(1, 51)))


def threads():
    """Sessions beside each other, each of which has to see what it wrote."""
    wrong = []

    def work(worker):
        with psycopg.connect(autocommit=True) as c:
            for n in range(40):
                c.execute("insert into counted values (%s, %s)", (n, f"worker {worker}"))
                if c.execute("select count(*) from counted where note = %s", (f"worker {worker}",)).fetchone()[0] != n + 1:
                    wrong.append((worker, n))

    workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("threads:", wrong)


def main():
    with psycopg.connect(autocommit=True, application_name="program", options="-c intervalstyle=iso_8601") as c:
        show("options", lambda: rows(c, "select interval '1 day 2 hours'::text, current_setting('application_name')"))
        for step in (simple, prepared, own_writes, transactions, pipelines, copies, cursors, settings, types_of_its_own, cancels):
            print(f"== {step.__name__}")
            step(c)
    listens()
    temporary()
    threads()
    asyncio.run(asynchronous())
    try:
        psycopg.connect(password="wrong")
    except psycopg.OperationalError as e:
        print("wrong password:", "password authentication failed" in str(e))


if __name__ == "__main__":
    main()
