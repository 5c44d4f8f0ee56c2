-- Who uses the cluster, and the database; for psql as PostgreSQL's own user, at the first server, before there are standbys.
-- Passwords come from the file that PGPASSFILE names, with a line for each of the two.
\set ON_ERROR_STOP on
\set replicator `sed --quiet 's/.*:replicator://p' "$PGPASSFILE"`
\set ledger `sed --quiet 's/.*:ledger://p' "$PGPASSFILE"`
SET synchronous_commit = local;

CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replicator';
-- What pg_rewind asks of the primary.
GRANT pg_checkpoint TO replicator;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
  pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;

CREATE ROLE ledger LOGIN PASSWORD :'ledger';
-- What the ledger asks of its sessions, which a pooler refuses.
ALTER ROLE ledger SET statement_timeout = '30s';
ALTER ROLE ledger SET lock_timeout = '5s';
ALTER ROLE ledger SET jit = off;

CREATE DATABASE ledger OWNER ledger ENCODING 'UTF8' TEMPLATE template0;
\connect ledger
SET synchronous_commit = local;
CREATE EXTENSION postgis;
CREATE EXTENSION pg_trgm;
