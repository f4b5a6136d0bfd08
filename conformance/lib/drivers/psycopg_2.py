"""What a program with psycopg2 does: prints what each step gave it. The server is told by libpq's environment variables."""

import datetime
import decimal
import io
import select
import threading

import psycopg2
import psycopg2.extensions
import psycopg2.extras


def show(name, step):
    try:
        result = step()
    except psycopg2.Error as e:
        result = f"{type(e).__name__} {e.pgcode} {e.diag.message_primary}"
    print(f"{name}: {result}", flush=True)


def rows(connection, query, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def tag(connection, query, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.statusmessage


def autocommitted(c):
    show("create", lambda: tag(c, "create table item(id serial primary key, name text unique, price numeric, tags text[], data jsonb)"))
    show("insert", lambda: rows(c, "insert into item(name, price, tags, data) values (%s, %s, %s, %s) returning id",
                                ("one", decimal.Decimal("1.5"), ["a", None], psycopg2.extras.Json({"a": 1}))))
    show("read", lambda: rows(c, "select * from item"))
    show("types", lambda: rows(c, "select %s, %s, %s, %s, length(%s::bytea)", (True, None, datetime.date(2026, 3, 1), 1.5, psycopg2.Binary(b"\x00\xff"))))
    show("unique", lambda: tag(c, "insert into item(name) values ('one')"))
    show("syntax", lambda: rows(c, "selec 1"))
    show("script", lambda: rows(c, "insert into item(name) values ('two'); select count(*) from item"))
    with c.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, "insert into item(name, price) values %s", [(f"v{n}", n) for n in range(50)], page_size=20)
        psycopg2.extras.execute_batch(cursor, "update item set price = %s where name = %s", [(n + 1, f"v{n}") for n in range(50)], page_size=20)
    show("batches", lambda: rows(c, "select count(*), sum(price) from item"))
    c.cursor().execute("create table counted(id int)")
    missing = []
    for n in range(150):
        tag(c, "insert into counted values (%s)", (n,))
        if rows(c, "select count(*) from counted where id = %s", (n,)) != [(1,)]:
            missing.append(n)
    print("own writes missing:", missing)
    show("timezone", lambda: (tag(c, "set timezone to 'Asia/Tokyo'"), c.get_parameter_status("TimeZone"), rows(c, "select '2026-01-01 00:00+00'::timestamptz::text")))
    show("statement timeout", lambda: (tag(c, "set statement_timeout to '300ms'"), rows(c, "select pg_sleep(20)")))
    show("statement timeout off", lambda: tag(c, "set statement_timeout to 0"))

    def cancelled():
        timer = threading.Timer(0.7, c.cancel)
        timer.start()
        try:
            return rows(c, "select pg_sleep(20)")
        finally:
            timer.join()

    show("cancelled", cancelled)
    show("cancelled, after", lambda: rows(c, "select count(*) from item"))


def in_transactions(c):
    """As it is used most: a transaction begins with the first statement."""
    show("read", lambda: rows(c, "select count(*) from item"))
    show("write", lambda: tag(c, "insert into item(name) values ('gone')"))
    show("seen", lambda: rows(c, "select count(*) from item where name = 'gone'"))
    c.rollback()
    show("rolled back", lambda: rows(c, "select count(*) from item where name = 'gone'"))
    show("error", lambda: rows(c, "select 1/0"))
    show("failed", lambda: rows(c, "select 1"))
    c.rollback()
    show("savepoint", lambda: (tag(c, "insert into item(name) values ('kept')"), tag(c, "savepoint s"), tag(c, "delete from item"), tag(c, "rollback to s"),
                               rows(c, "select count(*) from item")))
    c.commit()
    for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"):
        c.set_session(isolation_level=level, readonly=True)
        show(f"read only {level}", lambda: (rows(c, "select count(*) from item"), rows(c, "show transaction_isolation"), rows(c, "select max(price) from item")))
        show("write", lambda: tag(c, "delete from item"))
        c.rollback()
    c.set_session(isolation_level="DEFAULT", readonly=False)
    with c, c.cursor("named") as cursor:
        cursor.itersize = 10
        cursor.execute("select name from item order by id")
        print("named cursor:", len(list(cursor)))
    with c.cursor() as cursor:
        cursor.copy_from(io.StringIO("".join(f"c{n}\t{n}\n" for n in range(100))), "item", columns=("name", "price"))
        out = io.StringIO()
        cursor.copy_expert("copy (select name, price from item where name like 'c%' order by id) to stdout csv", out)
        print("copied:", cursor.rowcount, len(out.getvalue()))
    c.commit()
    show("copied, seen", lambda: rows(c, "select count(*) from item where name like 'c%'"))
    c.commit()


def listens(c):
    other = psycopg2.connect("")
    other.autocommit = True
    tag(c, "listen news")
    tag(other, "notify news, 'hello'")
    while not c.notifies:
        select.select([c], [], [], 10)
        c.poll()
    print("heard:", [(n.channel, n.payload) for n in c.notifies])
    other.close()


def main():
    c = psycopg2.connect("")
    c.autocommit = True
    autocommitted(c)
    c.close()
    c = psycopg2.connect("", cursor_factory=psycopg2.extensions.cursor)
    in_transactions(c)
    c.autocommit = True
    listens(c)
    c.close()


if __name__ == "__main__":
    main()
