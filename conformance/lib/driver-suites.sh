# The drivers' own tests: each is run in its tree's copy, against a database of its own, and every test's outcome is a
# result. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2164  # run's variables and -e

driver_suites=psycopg2,asyncpg,dbd-pg,lib-pq,pgx,node-postgres
# A test that hangs ends its suite: what has not shown by then differs.
driver_seconds=1200

# Makes a copy of the driver's tree, as some tests write beside themselves, and a database; in tree, and log for what is printed.
prepare_driver() {
  local database=$1
  tree=$scratch/$suite
  log=$cell/driver.log
  rm -rf "$tree"
  cp -r "$work/$suite-$major" "$tree"
  chown -R "$user" "$tree"
  cp "$tree/version" "$results/$suite/$major/version"
  [[ $database == postgres ]] || psql_to "$server_port" prefer -c "create database $database"
  [[ -z ${2:-} ]] || psql_to "$server_port" prefer -d "$database" -c "create extension $2"
  : >"$log"
}

# env's VARIABLE=VALUE words and a program, with libpq's variables for the endpoint under test.
driver_client() {
  client env -u PGCONNECT_TIMEOUT PGHOST=127.0.0.1 "PGPORT=$port" PGUSER=postgres HOME="$tree" "$@" </dev/null
}

outcomes() {
  python3 "$here/lib/outcomes.py" "$@" "$cell/cases" || say "no results (logs in $cell)"
}

run_unittest() {
  local suite_function=$1
  shift
  (cd "$tree" && driver_client "$@" PYTHONPATH="$tree/built:$tree" PYTHONDONTWRITEBYTECODE=1 \
    timeout "$driver_seconds" /usr/bin/python3 "$here/lib/unittest_outcomes.py" "$suite_function" "$tree/outcomes") \
    >"$log" 2>&1 || true
  outcomes unittest "$tree/outcomes"
}

run_psycopg2() {
  prepare_driver psycopg2_test hstore
  # 10 MB instead of 100, which pgweir-cut would take many minutes for.
  sed -i '/def test_copy_from_insane_size/,/def /s/nrecs=10 \* 1024/nrecs=1024/' "$tree/tests/test_copy.py"
  run_unittest tests:test_suite PSYCOPG2_TEST_REPL_DSN=
}

run_asyncpg() {
  prepare_driver postgres
  # 20 MB instead of 200, for the same reason.
  sed -i "/return b'a1' \* 500000/s/500000/50000/g" "$tree/tests/test_copy.py"
  run_unittest tests:suite PGDATABASE=postgres
}

run_dbd_pg() {
  local test lib
  prepare_driver dbdpg
  lib=$(find "$tree/dbi" -name DBI.pm -printf '%h\n' | head -1)
  cd "$tree"
  for test in t/*.t; do
    printf '### %s\n' "$test"
    # Some tests walk through hashes; their order is to be the same in each run.
    driver_client "PERL5LIB=$lib" PERL_HASH_SEED=0 PERL_PERTURB_KEYS=0 \
      DBI_DSN="dbi:Pg:dbname=dbdpg;host=127.0.0.1;port=$port" DBI_USER=postgres \
      timeout "$driver_seconds" perl -Iblib/lib -Iblib/arch "$test" 2>>"$log" || true
  done >"$cell/tap.log"
  cd "$OLDPWD"
  outcomes tap "$cell/tap.log"
}

# Each program in the directory of its package, as go test does.
run_go_tests() {
  local program package
  for program in "$tree"/tests/*; do
    package=$(basename "$program" | tr % /)
    printf '### %s\n' "$package"
    (cd "$tree/usr/share/gocode/src/$package" &&
      driver_client "$@" "$program" -test.v -test.parallel 4 -test.timeout "${driver_seconds}s" 2>&1) || true
  done >"$log"
  outcomes go "$log"
}

run_lib_pq() {
  prepare_driver pqgotest
  run_go_tests PGDATABASE=pqgotest PGSSLMODE=disable
}

# Its role has a password, as the cluster asks for one.
run_pgx() {
  local address="host=127.0.0.1 port=$port dbname=pgx_test sslmode=disable"
  prepare_driver pgx_test hstore
  psql_to "$server_port" prefer -d pgx_test -c 'create domain uint64 as numeric(20,0)' \
    -c "create role pgx superuser login password 'secret'" -c "create role pgx_md5 superuser login" \
    -c "set password_encryption = md5" -c "alter role pgx_md5 password 'secret'" 2>>"$log"
  run_go_tests PGX_TEST_DATABASE="$address user=pgx password=secret" PGX_TEST_CONN_STRING="$address user=pgx password=secret" \
    PGX_TEST_TCP_CONN_STRING="$address user=pgx password=secret" \
    PGX_TEST_MD5_PASSWORD_CONN_STRING="$address user=pgx_md5 password=secret" \
    PGX_TEST_SCRAM_PASSWORD_CONN_STRING="$address user=pgx password=secret"
}

# pg's tests are a program a file, those of pg-cursor and pg-pool mocha's.
run_node_postgres() {
  local module test modules
  prepare_driver node_postgres
  modules=$tree/run/node_modules
  cd "$modules/pg"
  node_client node script/create-test-tables.js >>"$log" 2>&1 || true
  find test/unit test/integration -name '*-tests.js' | sort | while read -r test; do
    printf '### pg/%s\n' "$test"
    node_client node "$test" 2>&1 || printf '### exit %d\n' $?
  done >"$cell/node.log"
  for module in pg-cursor pg-pool; do
    cd "$modules/$module"
    node_client node "$modules/mocha/bin/mocha.js" --exit --reporter json --reporter-option "output=$tree/$module.json" 'test/*.js' \
      >>"$log" 2>&1 || true
    cp "$tree/$module.json" "$cell/"
  done
  cd "$here"
  outcomes node "$cell/node.log"
  outcomes mocha "$cell"/pg-*.json
}

node_client() {
  driver_client PGDATABASE=node_postgres PGPASSWORD=unused USER=postgres timeout "$driver_seconds" "$@"
}
