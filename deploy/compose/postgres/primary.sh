#!/usr/bin/env bash
# Once, when the primary's directory is made: who may replicate, and with whom pgweir asks who leads.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'replicator';
CREATE ROLE pgweir LOGIN PASSWORD 'pgweir' IN ROLE pg_monitor;
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
