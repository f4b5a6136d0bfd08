// What a program with pgx does: prints what each step gave it. The server is told by libpq's environment variables.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgconn/stmtcache"
	"github.com/jackc/pgx/v4"
)

var ctx = context.Background()

func show(name string, result interface{}, err error) {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		fmt.Printf("%s: error %s %s %s\n", name, refused.Code, refused.Message, refused.ConstraintName)
		return
	}
	if err != nil {
		fmt.Printf("%s: error %v\n", name, err)
		return
	}
	text, err := json.Marshal(result)
	if err != nil {
		text = []byte(err.Error())
	}
	fmt.Printf("%s: %s\n", name, text)
}

// What connections, transactions and pools have in common.
type asked interface {
	Query(ctx context.Context, sql string, args ...interface{}) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...interface{}) (pgconn.CommandTag, error)
}

func read(rows pgx.Rows, err error) ([][]interface{}, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := [][]interface{}{}
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func rows(name string, c asked, sql string, args ...interface{}) {
	all, err := read(c.Query(ctx, sql, args...))
	show(name, all, err)
}

func tag(name string, c asked, sql string, args ...interface{}) {
	result, err := c.Exec(ctx, sql, args...)
	show(name, result.String(), err)
}

func must(err error) {
	if err != nil {
		fmt.Println("program failed:", err)
		os.Exit(1)
	}
}

func connect(change func(*pgx.ConnConfig)) *pgx.Conn {
	config, err := pgx.ParseConfig("")
	must(err)
	change(config)
	c, err := pgx.ConnectConfig(ctx, config)
	must(err)
	return c
}

func simple(c *pgx.Conn) {
	tag("create", c, "create table item(id int primary key, name text not null, price numeric, made timestamptz default '2026-01-01 00:00+00')")
	tag("script", c, "insert into item values (1, 'one'); insert into item values (2, 'two')")
	rows("rows", c, "select id, name, price::text from item order by id")
	rows("types", c, "select $1::int4, $2::int8, $3::text, $4::bool, $5::text, $6::numeric::text, $7::float8, $8::timestamptz, $9::bytea, $10::int4[], $11::jsonb, $12::uuid",
		7, int64(1)<<40, "naïve 'text'", true, nil, "1.50", 1.5, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), []byte{0, 255}, []int32{1, 2}, map[string]int{"a": 1},
		"00000000-0000-0000-0000-000000000011")
	rows("types, simple", c, "select $1::int4, $2::text, $3::bool, $4::float8, $5::bytea", pgx.QuerySimpleProtocol(true), 7, "naïve 'text'", true, 1.5, []byte{0, 255})
	rows("returning", c, "insert into item values ($1, $2, $3) returning id", 3, "three", "3.5")
	tag("unique", c, "insert into item values (1, 'again')")
	tag("unique with a parameter", c, "insert into item values ($1, $2)", 1, "again")
	tag("syntax", c, "selec 1")
	rows("no table", c, "select * from nowhere where a = $1", 1)
	rows("division", c, "select 1 / (id - 2) from item where id > $1 order by id", 0)
	rows("after errors", c, "select count(*) from item")
	tag("update", c, "update item set price = $1 where id < $2", "9.99", 3)
	var name string
	err := c.QueryRow(ctx, "select name from item where id = $1", 2).Scan(&name)
	show("one row", name, err)
	err = c.QueryRow(ctx, "select name from item where id = $1", -2).Scan(&name)
	show("no row", name, err)
}

// The same texts again and again: the driver keeps what the server has prepared.
func cached(c *pgx.Conn) {
	for n := 0; n < 4; n++ {
		tag("cached write", c, "insert into item(id, name) values ($1, $2)", n+10, "cached")
		rows("cached read", c, "select id, name from item where id = $1", n+10)
		rows("cached star", c, "select * from item where id = $1", n)
	}
	_, err := c.Prepare(ctx, "by_name", "select id from item where name = $1 order by id")
	show("prepare", nil, err)
	rows("prepared", c, "by_name", "cached")
	show("deallocate", nil, c.Deallocate(ctx, "by_name"))
	tag("ddl", c, "alter table item add note text default 'x'")
	rows("cached over ddl", c, "select * from item where id = $1", 1)
	rows("cached over ddl, again", c, "select * from item where id = $1", 1)
	tag("ddl back", c, "alter table item drop column note")
	rows("cached over it", c, "select id, name from item where id = $1", 10)
}

func ownWrites(c *pgx.Conn, table string) {
	tag("counted", c, "create table "+table+"(id int, note text)")
	missing := []int{}
	for n := 0; n < 200; n++ {
		_, err := c.Exec(ctx, "insert into "+table+" values ($1, $2)", n, "x")
		must(err)
		var count int
		must(c.QueryRow(ctx, "select count(*) from "+table+" where id = $1", n).Scan(&count))
		if count != 1 {
			missing = append(missing, n)
		}
	}
	show("own writes missing", missing, nil)
}

func beside() {
	var group sync.WaitGroup
	var wrong sync.Map
	for worker := 0; worker < 4; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			c := connect(func(*pgx.ConnConfig) {})
			defer c.Close(ctx)
			for n := 0; n < 40; n++ {
				var count int
				_, err := c.Exec(ctx, "insert into counted values ($1, $2)", n, fmt.Sprint("worker ", worker))
				if err == nil {
					err = c.QueryRow(ctx, "select count(*) from counted where note = $1", fmt.Sprint("worker ", worker)).Scan(&count)
				}
				if err != nil || count != n+1 {
					wrong.Store(fmt.Sprint(worker, " ", n, " ", count), err)
				}
			}
		}(worker)
	}
	group.Wait()
	found := []interface{}{}
	wrong.Range(func(key, _ interface{}) bool {
		found = append(found, key)
		return true
	})
	show("sessions beside each other", found, nil)
}

func transactions(c *pgx.Conn) {
	tx, err := c.Begin(ctx)
	must(err)
	rows("read", tx, "select count(*) from item")
	tag("write", tx, "insert into item(id, name) values (100, 'gone')")
	rows("seen", tx, "select name from item where id = $1", 100)
	show("rollback", nil, tx.Rollback(ctx))
	rows("gone", c, "select name from item where id = $1", 100)
	tx, err = c.Begin(ctx)
	must(err)
	tag("write", tx, "insert into item(id, name) values (101, 'kept')")
	inner, err := tx.Begin(ctx)
	must(err)
	tag("twice", inner, "insert into item(id, name) values (101, 'twice')")
	rows("failed", inner, "select 1")
	show("rollback to", nil, inner.Rollback(ctx))
	rows("inside", tx, "select name from item where id >= $1", 100)
	show("commit", nil, tx.Commit(ctx))
	rows("kept", c, "select name from item where id = $1", 101)
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		tx, err = c.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: level})
		must(err)
		rows("read only", tx, "select count(*) from item")
		rows("read only, parameter", tx, "select name from item where id = $1", 1)
		tag("read only, write", tx, "delete from item")
		show("read only, end", nil, tx.Rollback(ctx))
	}
	tx, err = c.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly, DeferrableMode: pgx.Deferrable, IsoLevel: pgx.Serializable})
	must(err)
	rows("deferrable", tx, "select count(*) from item")
	show("deferrable, end", nil, tx.Commit(ctx))
}

func batches(c *pgx.Conn) {
	batch := &pgx.Batch{}
	for n := 0; n < 20; n++ {
		batch.Queue("insert into item(id, name) values ($1, 'batch')", 200+n)
		batch.Queue("select count(*) from item where id >= $1", 200)
	}
	results := c.SendBatch(ctx, batch)
	for n := 0; n < 20; n++ {
		done, err := results.Exec()
		show("batch write", done.String(), err)
		all, err := read(results.Query())
		show("batch read", all, err)
	}
	show("batch end", nil, results.Close())
	batch = &pgx.Batch{}
	for n := 10; n < 14; n++ {
		batch.Queue("select name from item where id = $1", n)
	}
	results = c.SendBatch(ctx, batch)
	for n := 10; n < 14; n++ {
		all, err := read(results.Query())
		show("batch of reads", all, err)
	}
	show("batch of reads, end", nil, results.Close())
	batch = &pgx.Batch{}
	batch.Queue("insert into item(id, name) values (300, 'not')")
	batch.Queue("insert into item(id, name) values (1, 'not')")
	batch.Queue("select count(*) from item")
	results = c.SendBatch(ctx, batch)
	for n := 0; n < 3; n++ {
		_, err := results.Exec()
		show("broken batch", nil, err)
	}
	show("broken batch, end", nil, results.Close())
	rows("broken batch, after", c, "select count(*) from item where id = 300")
	tx, err := c.Begin(ctx)
	must(err)
	batch = &pgx.Batch{}
	batch.Queue("insert into item(id, name) values (301, 'in it')")
	batch.Queue("select count(*) from item where id >= 300")
	results = tx.SendBatch(ctx, batch)
	_, err = results.Exec()
	show("batch in a block", nil, err)
	all, err := read(results.Query())
	show("batch in a block", all, err)
	show("batch in a block, end", nil, results.Close())
	show("commit", nil, tx.Commit(ctx))
	rows("seen", c, "select count(*) from item where id >= $1", 300)
}

func copies(c *pgx.Conn) {
	copied := [][]interface{}{}
	for n := 0; n < 1000; n++ {
		copied = append(copied, []interface{}{n + 1000, fmt.Sprint("copied\t", n)})
	}
	count, err := c.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"id", "name"}, pgx.CopyFromRows(copied))
	show("copy in", count, err)
	rows("copied", c, "select count(*), max(name) from item where id >= $1", 1000)
	count, err = c.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"id", "name"}, pgx.CopyFromRows(copied[:1]))
	show("copy in, broken", count, err)
	var out bytes.Buffer
	done, err := c.PgConn().CopyTo(ctx, &out, "copy (select id, name from item order by id) to stdout")
	show("copy out", []interface{}{done.String(), out.Len()}, err)
	open, err := c.Query(ctx, "select id from item where id >= $1 order by id", 1000)
	must(err)
	open.Next()
	open.Close() // before its last row
	show("closed early", nil, open.Err())
	rows("after it", c, "select count(*) from item where id >= $1", 1000)
	tx, err := c.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	must(err)
	tag("declare", tx, "declare x cursor for select id from item where id >= 1000 order by id")
	rows("fetch", tx, "fetch 3 from x")
	rows("fetch again", tx, "fetch 3 from x")
	show("cursor, end", nil, tx.Commit(ctx))
}

func settings(c *pgx.Conn) {
	tag("schema", c, "create schema other; create table other.item(id int, name text); insert into other.item values (1, 'other')")
	rows("before", c, "select name::text from item where id = 1")
	tag("search_path", c, "set search_path to other")
	rows("in it", c, "select name || '' from item where id = 1")
	rows("in it, the text from before", c, "select name::text from item where id = 1")
	tag("reset", c, "reset search_path")
	rows("back", c, "select name::text from item where id = 1")
	tag("timezone", c, "set timezone to 'Asia/Tokyo'")
	rows("in Tokyo", c, "select made::text from item where id = 1")
	show("status", c.PgConn().ParameterStatus("TimeZone"), nil)
	tag("timezone back", c, "set timezone to 'UTC'")
	rows("set_config", c, "select set_config('my.tenant', $1, false)", "17")
	rows("current_setting", c, "select current_setting('my.tenant')")
}

func cancels(c *pgx.Conn) {
	tag("statement timeout", c, "set statement_timeout to '300ms'")
	rows("timed out", c, "select pg_sleep(20)")
	tag("statement timeout off", c, "set statement_timeout to 0")
	time.AfterFunc(700*time.Millisecond, func() { _ = c.PgConn().CancelRequest(ctx) })
	rows("cancelled", c, "select pg_sleep(20)")
	rows("after it", c, "select count(*) from item where id < $1", 10)
	limited, done := context.WithTimeout(ctx, 500*time.Millisecond)
	defer done()
	other := connect(func(*pgx.ConnConfig) {})
	_, err := other.Exec(limited, "select pg_sleep(20)")
	show("context over", []bool{pgconn.Timeout(err), other.IsClosed()}, nil)
}

func listens() {
	listener, teller := connect(func(*pgx.ConnConfig) {}), connect(func(*pgx.ConnConfig) {})
	defer listener.Close(ctx)
	defer teller.Close(ctx)
	tag("listen", listener, "listen news")
	tag("notify", teller, "select pg_notify('news', $1)", "hello")
	heard, err := listener.WaitForNotification(ctx)
	must(err)
	show("heard", []string{heard.Channel, heard.Payload}, nil)
	tag("temporary", teller, "create temp table mine as select id from item where id < 10")
	rows("temporary, read", teller, "select count(*) from mine join item using (id)")
}

func main() {
	c := connect(func(config *pgx.ConnConfig) {
		config.RuntimeParams["application_name"] = "program"
		config.RuntimeParams["intervalstyle"] = "iso_8601"
	})
	rows("parameters", c, "select interval '1 day 2 hours'::text")
	steps := []func(*pgx.Conn){simple, cached, func(c *pgx.Conn) { ownWrites(c, "counted") }, transactions, batches, copies, settings, cancels}
	for _, step := range steps {
		step(c)
	}
	must(c.Close(ctx))
	beside()
	listens()
	describes := connect(func(config *pgx.ConnConfig) {
		config.BuildStatementCache = func(c *pgconn.PgConn) stmtcache.Cache { return stmtcache.New(c, stmtcache.ModeDescribe, 8) }
	})
	ownWrites(describes, "described")
	must(describes.Close(ctx))
	queries := connect(func(config *pgx.ConnConfig) { config.PreferSimpleProtocol = true })
	ownWrites(queries, "queried")
	must(queries.Close(ctx))
	config, err := pgx.ParseConfig("")
	must(err)
	config.Password = "wrong"
	_, err = pgx.ConnectConfig(ctx, config)
	var refused *pgconn.PgError
	show("wrong password", errors.As(err, &refused) && refused.Code == "28P01", nil)
}
