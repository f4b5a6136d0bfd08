# What a suite may be run against: a fresh server, pgweir or PgBouncer before it. Sourced by run.
# All of it listens on 127.0.0.1 and is stopped by its process id.
# shellcheck shell=bash disable=SC2154  # variables of run

server_pid= standby_pid= agent_pid= bouncer_pid=

# The suites and the servers refuse root, and psql's default user must be the same for all: nobody stands in for root.
prepare_user() {
  user=$(id -un)
  # Put before a command. An array and no function, so that $! is the command's own process id.
  as_user=()
  if ((EUID == 0)); then
    user=nobody
    as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
  fi
  "${as_user[@]}" test -x "$work" || die "$user cannot reach $work; choose another place with --work"
  # What a run leaves behind, apart from results. One place for every target, because tests print their paths.
  scratch=$work/run
  rm -rf "$scratch"
  mkdir -p "$scratch" "$work/log"
  chown "$user" "$scratch"
}

# Below the range that the kernel gives to clients, so that it is still free when the server takes it.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

make_certificate() {
  [[ -s $work/tls/server.key ]] && return
  mkdir -p "$work/tls"
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/tls/server.key" -out "$work/tls/server.crt" 2>/dev/null
  # The server insists on a key that only its owner reads.
  chmod 600 "$work/tls/server.key"
  chown "$user" "$work/tls/server.key"
}

# psql of the major under test; libpq is the one built beside it.
client_environment() {
  local tls=$1
  echo env -i "PATH=/usr/bin:/bin" HOME=/nonexistent LANG=C "LD_LIBRARY_PATH=$build/src/interfaces/libpq" \
    "PGSSLMODE=$tls" "PGMAXPROTOCOLVERSION=$protocol" PGCONNECT_TIMEOUT=30
}

psql_to() {
  local port=$1 tls=$2
  shift 2
  # shellcheck disable=SC2046  # words without spaces
  "${as_user[@]}" $(client_environment "$tls") "$build/src/bin/psql/psql" -X -q -h 127.0.0.1 -p "$port" -U postgres \
    -d postgres "$@"
}

# Waits until a query is answered; false when the process ends before or 30 seconds are over.
await() {
  local pid=$1 port=$2 tls=$3
  for _ in {1..150}; do
    psql_to "$port" "$tls" -c 'select 1' >/dev/null 2>"$cell/await.log" && return
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

# A fresh cluster for every cell: suites leave roles and settings behind, and object ids appear in results. pgjdbc and pgx test
# passwords: md5 means that, or SCRAM where the role has a SCRAM secret. The others have none.
start_server() {
  local target=$1 template=$work/cluster-$major ssl=off method=trust
  if [[ ! -e $template/complete ]]; then
    rm -rf "$template"
    mkdir -p "$template"
    chown "$user" "$template"
    "${as_user[@]}" "$server/bin/initdb" -D "$template/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
      >"$work/log/initdb.log"
    touch "$template/complete"
  fi
  [[ $suite == pgjdbc || $suite == pgx ]] && method=md5
  cat >"$scratch/hba.conf" <<END
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 $method
END
  rm -rf "$scratch/data" "$scratch/standby"
  cp -a "$template/data" "$scratch/data"
  { cat "$scratch/hba.conf" && echo "host replication all 127.0.0.1/32 trust"; } >"$scratch/data/pg_hba.conf"
  [[ $target == *-tls ]] && ssl=on
  server_port=$(free_port)
  launch_server "$scratch/data" "$server_port" "$ssl" >"$cell/server.log" 2>&1 &
  server_pid=$!
  await "$server_pid" "$server_port" prefer || die "PostgreSQL $major does not start (logs in $cell)"
}

# Replaces the subshell that it is run in.
launch_server() {
  local data=$1 port=$2 ssl=$3
  shift 3
  exec "${as_user[@]}" "$server/bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off -c max_connections=200 -c max_prepared_transactions=64 \
    -c wal_level=logical -c wal_keep_size=4GB -c shared_buffers=128MB -c ssl="$ssl" \
    -c ssl_cert_file="$work/tls/server.crt" -c ssl_key_file="$work/tls/server.key" "$@"
}

# A streaming standby of it: the same cluster, which had been shut down, follows from there.
start_standby() {
  cp -a "$work/cluster-$major/data" "$scratch/standby"
  cp "$scratch/data/pg_hba.conf" "$scratch/standby/"
  "${as_user[@]}" touch "$scratch/standby/standby.signal"
  standby_port=$(free_port)
  launch_server "$scratch/standby" "$standby_port" off \
    -c "primary_conninfo=host=127.0.0.1 port=$server_port user=postgres" >"$cell/standby.log" 2>&1 &
  standby_pid=$!
  await "$standby_pid" "$standby_port" disable || die "the standby does not start (logs in $cell)"
}

# pgweir as it comes and, for pgweir-cut, with everything it reads cut into pieces of 1 to 7 bytes; for pgweir-rules with rules
# that are asked of everything and change nothing; for pgweir-split with plain reads on a standby.
start_agent() {
  local target=$1 client_tls="{mode: disable}" server_tls=disable libpq_tls=disable options='' rules='{}'
  local nodes="\"127.0.0.1:$server_port\"" monitor='' mode=''
  if [[ $target == pgweir-tls ]]; then
    client_tls="{mode: require, cert: $work/tls/server.crt, key: $work/tls/server.key}"
    server_tls=require
    libpq_tls=require
  fi
  [[ $target == pgweir-cut ]] && options=-Dpgweir.debug.read-bytes=7
  if [[ $target == pgweir-rules ]]; then
    local packs
    packs=$(cd "$here/../rules" && printf '%s, ' */)
    rules="{files: [$here/lib/rules.yaml], packs: [${packs//\//}]}"
  fi
  if [[ $target == pgweir-split ]]; then
    nodes+=", \"127.0.0.1:$standby_port\""
    monitor=', monitor: {user: postgres, poll: 200ms}'
    # Tests read what the sessions before them have written.
    mode=', mode: split, reads: {consistency: global, wait-max: 1s}'
  fi
  agent_port=$(free_port)
  cat >"$cell/pgweir.yaml" <<END
version: 1
clusters:
  conformance: {nodes: [$nodes], tls: {mode: $server_tls}$monitor}
listeners:
  - {name: conformance, listen: "127.0.0.1:$agent_port", cluster: conformance, tls: $client_tls$mode}
rules: $rules
audit:
  sinks:
    - file: {path: "$cell/audit.ndjson"}
END
  PGWEIR_JAVA_OPTS=$options "$agent" run --config "$cell/pgweir.yaml" >"$cell/agent.log" 2>&1 &
  agent_pid=$!
  await "$agent_pid" "$agent_port" "$libpq_tls" || die "pgweir does not start (logs in $cell)"
}

# Session pooling, the mode that promises most. Unknown users are looked up, because the suites create many.
start_bouncer() {
  bouncer_port=$(free_port)
  echo '"postgres" ""' >"$scratch/userlist.txt"
  cat >"$scratch/pgbouncer.ini" <<END
[databases]
* = host=127.0.0.1 port=$server_port
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $bouncer_port
unix_socket_dir =
auth_type = hba
auth_hba_file = $scratch/hba.conf
auth_file = $scratch/userlist.txt
auth_user = postgres
pool_mode = session
default_pool_size = 150
max_client_conn = 1000
ignore_startup_parameters = extra_float_digits,options,search_path,geqo,statement_timeout,lc_messages
END
  "${as_user[@]}" env PATH="$PATH:/usr/sbin" pgbouncer "$scratch/pgbouncer.ini" >"$cell/pgbouncer.log" 2>&1 &
  bouncer_pid=$!
  await "$bouncer_pid" "$bouncer_port" disable || say "PgBouncer does not start (logs in $cell)"
}

# Starts what stands between the suite and the server, and leaves the suite's port and sslmode in port and tls.
start_target() {
  local target=$1
  # libpq 18 asks for protocol 3.2 if told to; older ones do not know the variable.
  protocol=latest
  start_server "$target"
  port=$server_port tls=disable
  case $target in
    direct-tls) tls=require ;;
    direct*) ;;
    pgbouncer)
      # 1.18 hangs up on 3.2 and on every offer of it.
      protocol=3.0
      start_bouncer
      port=$bouncer_port
      ;;
    pgweir-tls)
      start_agent "$target"
      port=$agent_port tls=require
      ;;
    *)
      [[ $target == pgweir-split ]] && start_standby
      start_agent "$target"
      port=$agent_port
      ;;
  esac
}

stop() {
  local pid=$1 signal=$2
  [[ -n $pid ]] || return 0
  kill "-$signal" "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

stop_all() {
  stop "$agent_pid" TERM
  stop "$bouncer_pid" TERM
  stop "$standby_pid" INT
  stop "$server_pid" INT
  agent_pid='' bouncer_pid='' standby_pid='' server_pid=''
}
