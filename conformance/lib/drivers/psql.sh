#!/usr/bin/env bash
# What scripts with psql do: prints what each step gave them. The server is told by libpq's environment variables.
psql() { command psql -X "$@" 2>&1; }

psql -a -v VERBOSITY=verbose -v HIDE_TABLEAM=on <<'SQL' | sed -E '/^LOCATION: /d; s/with PID [0-9]+/with PID ?/'
create table item(id int primary key, name text not null, price numeric(10, 2) default 1, made timestamptz default '2026-01-01 00:00+00');
insert into item select n, 'item ' || n from generate_series(1, 500) n;
select count(*) from item;
select * from item where id < 4 order by id;
insert into item values (1, 'again');
selec 1;
select * from nowhere;
select 1 / 0;
select 1 as first \; select 2 as second \; select count(*) from item;
insert into item values (501, 'script') \; select count(*) from item \; select 1 / 0;
select count(*) from item;
select max(id) as last from item \gset
select :last, name from item where id = :last;
update item set price = price * 2 where id <= 10 returning id, price;
select sum(price) from item;
begin;
delete from item where id > 250;
select count(*) from item;
savepoint s;
insert into item values (1, 'twice');
select 1;
rollback to s;
select count(*) from item;
rollback;
select count(*) from item;
begin read only;
select count(*) from item;
select name from item where id = 17;
delete from item;
select 1;
commit;
start transaction read only isolation level repeatable read;
select count(*) from item;
show transaction_isolation;
commit;
prepare one(int) as select id, name from item where id = $1;
execute one(3);
update item set name = 'changed' where id = 3;
execute one(3);
alter table item add note text;
execute one(3);
deallocate one;
execute one(3);
\set FETCH_COUNT 100
select id, name from item order by id limit 250;
\set FETCH_COUNT 0
copy item(id, name) from stdin;
1001	copied
1002	copied
\.
select name from item where id > 1000;
copy item(id, name) from stdin;
1001	twice
\.
\copy (select id, name from item where id > 1000 order by id) to stdout csv header
begin;
declare c cursor for select id from item order by id;
fetch 3 from c;
move 10 in c;
fetch 1 from c;
close c;
commit;
create schema other;
create table other.item(id int, name text);
insert into other.item values (1, 'other');
set search_path to other, public;
select * from item;
begin;
set local search_path to public;
select name from item where id = 1;
rollback;
select * from item;
reset search_path;
select name from item where id = 1;
set timezone to 'Asia/Tokyo';
select made from item where id = 1;
set timezone to 'UTC';
select made from item where id = 1;
set statement_timeout to '300ms';
select pg_sleep(20);
reset statement_timeout;
create view cheap as select id, name from item where price < 2;
select count(*) from cheap;
create function late(a int) returns int language plpgsql stable as 'begin return a + 1; end';
select late(id) from item where id = 2;
create table parted(id int, at date) partition by range (at);
create table parted_2026 partition of parted for values from ('2026-01-01') to ('2027-01-01');
insert into parted values (1, '2026-05-05');
select tableoid::regclass, * from parted;
explain (costs off) select * from parted where at = '2026-05-05';
with new as (insert into item(id, name) values (2000, 'with') returning id) select * from new;
select name from item where id = 2000;
select id from item where id = 2000 for update;
select nextval('item_seq');
create sequence item_seq;
select nextval('item_seq'), currval('item_seq');
select last_value from item_seq;
select format('select %s as made', n) from generate_series(1, 3) n \gexec
select name from item where id < 3 order by id \crosstabview
\d item
\dt
table other.item;
values (1, 'a'), (2, 'b');
listen news;
select count(*) from item;
notify news, 'hello';
create temp table mine as select id from item where id < 10;
select count(*) from mine join item using (id);
discard all;
select count(*) from mine;
select count(*) from item;
SQL

# Written and read at once, each by a connection and a process of its own, and by one.
psql -q -c 'create table counted(id int)'
for n in {1..40}; do
  printf 'insert into counted values (%d);\nselect %d - count(*) from counted;\n' "$n" "$n"
done | psql -qtA | paste -sd,
psql -qtA -1 -c 'insert into counted values (0)' -c 'select count(*) from counted' -c 'select 1 / 0'
psql -qtA -c 'select count(*) from counted'
psql -v ON_ERROR_STOP=1 -qtA -c 'select 1' -c 'select 1 / 0' -c 'select 2'
echo "exit code $?"
timeout --foreground -s INT 1.5 psql -X -c 'select pg_sleep(20)' 2>&1
PGPASSWORD=wrong psql -c 'select 1' | sed -E 's/port [0-9]+/port ?/'
