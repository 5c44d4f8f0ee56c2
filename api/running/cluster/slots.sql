-- A place for each other server, which follows this one when it is the primary: what that has not got yet is kept.
\set ON_ERROR_STOP on
SELECT pg_create_physical_replication_slot(server) FROM unnest('{db1,db2,db3}'::text[]) AS server
WHERE server <> current_setting('cluster_name') AND server NOT IN (SELECT slot_name FROM pg_replication_slots);
