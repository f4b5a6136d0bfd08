#!/usr/bin/env bash
# A standby of the primary, by a base backup the first time.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -m 0700 "$PGDATA"
  PGPASSWORD=replicator pg_basebackup -h primary -U replicator -D "$PGDATA" -R -X stream
fi
exec postgres
