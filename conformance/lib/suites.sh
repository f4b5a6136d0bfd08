# The suites. Each leaves one file a test case in $cell/cases, whose content is what a client saw. Sourced by run.
# shellcheck shell=bash disable=SC2154  # variables of run

pgjdbc_version=42.7.7
# The one that pgjdbc's pom names finds no JUnit 5 tests, and says so where nobody looks: a third of them would run.
surefire_version=3.6.1

# One suite against one target, or against it -again: a directory under results with cases, logs, seconds and, for
# pgweir, its health.
run_cell() {
  local major=$1 suite=$2 target=${3%-again} started
  server=$work/server-$major
  build=$work/build-$major
  cell=$results/$suite/$major/$3
  [[ -e $cell/complete ]] && return
  rm -rf "$cell"
  mkdir -p "$cell/cases"
  start_target "$target"
  say "$suite, PostgreSQL $major, $3"
  started=$SECONDS
  "run_${suite//-/_}"
  echo $((SECONDS - started)) >"$cell/seconds"
  if [[ -n $agent_pid ]]; then
    # Before it stops: alive, and how big it is and was.
    grep -E '^Vm(HWM|RSS)' "/proc/$agent_pid/status" >"$cell/memory" || echo dead >"$cell/memory"
  fi
  stop_all
  if [[ $target == pgweir* ]]; then
    python3 "$here/lib/results.py" audit "$cell/audit.ndjson" >"$cell/health"
    $keep || rm -f "$cell/audit.ndjson"
  fi
  $keep || rm -rf "$scratch/data"
  touch "$cell/complete"
}

# A control that hangs may not hold everything up: what it has not shown by then differs.
control_seconds=600

client() {
  local -a limit=()
  [[ $target == pgbouncer ]] && limit=(timeout "$control_seconds")
  # shellcheck disable=SC2046  # words without spaces
  "${as_user[@]}" $(client_environment "$tls") "${limit[@]}" "$@"
}

# pg_regress and its isolation twin judge by expected/, which a newer server or psql may have outgrown: their verdict is
# kept in the log, their exit code is not asked for, and the results themselves are what counts.
run_driver() {
  local driver=$1 input=$2
  shift 2
  rm -rf "$scratch/out"
  "${as_user[@]}" mkdir "$scratch/out"
  client "$driver" --inputdir="$input" --outputdir="$scratch/out" --bindir="$build/src/bin/psql" \
    --dlpath="$build/modules" --host=127.0.0.1 --port="$port" --user=postgres --max-concurrent-tests=20 "$@" \
    >"$cell/driver.log" 2>&1 || true
  cp "$scratch"/out/results/*.out "$cell/cases/" || say "no results (log: $cell/driver.log)"
}

run_regress() {
  local tests=$build/src/test/regress
  run_driver "$tests/pg_regress" "$tests" --schedule="$tests/parallel_schedule"
}

run_isolation() {
  local tests=$build/src/test/isolation schedule=$build/src/test/isolation/isolation_schedule
  if $short; then
    # Every fifth: what blocks whom is told from the servers' process ids, which must come through unchanged.
    awk 'NR % 5 == 1 || /^#/' "$schedule" >"$scratch/isolation_schedule"
    schedule=$scratch/isolation_schedule
  fi
  run_driver "$tests/pg_isolation_regress" "$tests" --dbname=isolation_regression --schedule="$schedule"
}

# The traces of libpq tell every message with its content. How the two directions interleave is timing, so each is
# kept in its own order.
run_libpq_pipeline() {
  local program=$build/src/test/modules/libpq_pipeline/libpq_pipeline test trace=$scratch/trace code
  psql_to "$server_port" prefer -c 'create database pipeline'
  for test in $(client "$program" tests); do
    rm -f "$trace"
    code=0
    client timeout 120 "$program" -r 700 -t "$trace" "$test" \
      "host=127.0.0.1 port=$port user=postgres dbname=pipeline" >"$cell/cases/$test" 2>&1 || code=$?
    # Ports stand in messages about connections.
    sed -i "s/$port/PORT/g" "$cell/cases/$test"
    {
      echo "exit code $code"
      grep ^F "$trace" || true
      grep ^B "$trace" || true
    } >>"$cell/cases/$test"
  done
}

run_pgjdbc() {
  local tree=$work/pgjdbc-$pgjdbc_version extension
  local -a only=() limit=()
  [[ -z $pgjdbc_tests ]] || only=(-Dtest="$pgjdbc_tests")
  psql_to "$server_port" prefer -c "create role test login password 'test'" -c 'create database test owner test'
  for extension in hstore lo citext sslinfo; do
    psql_to "$server_port" prefer -d test -c "create extension $extension"
  done
  cat >"$tree/build.local.properties" <<END
test.url.PGHOST=127.0.0.1
test.url.PGPORT=$port
test.url.PGDBNAME=test
user=test
password=test
privilegedUser=postgres
privilegedPassword=
END
  rm -rf "$tree/target/surefire-reports"
  [[ $target == pgbouncer ]] && limit=(timeout "$control_seconds")
  (cd "$tree" && "${limit[@]}" mvn -B -q test -Dmaven.test.failure.ignore \
    -Dmaven-surefire-plugin.version="$surefire_version" "${only[@]}") >"$cell/driver.log" 2>&1 || true
  python3 "$here/lib/outcomes.py" surefire "$tree"/target/surefire-reports/TEST-*.xml "$cell/cases" || say "no results (log: $cell/driver.log)"
}
