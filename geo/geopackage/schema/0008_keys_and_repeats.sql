-- Keys end, are replaced, and show when they were used last. A replaced one may go on for a while under its name.
ALTER TABLE api_keys ADD COLUMN expires DATETIME;
ALTER TABLE api_keys ADD COLUMN used DATETIME;
ALTER TABLE api_keys ADD COLUMN replaced DATETIME;
DROP INDEX api_keys_active_name;
CREATE UNIQUE INDEX api_keys_active_name ON api_keys (name) WHERE revoked IS NULL AND replaced IS NULL;

-- Changes that were asked for under a name of the client's, so that one asked for again is not made again.
CREATE TABLE asked_once (
  name BLOB PRIMARY KEY NOT NULL,
  content BLOB NOT NULL,
  sequence INTEGER NOT NULL REFERENCES revisions (sequence),
  time DATETIME NOT NULL
);
CREATE INDEX asked_once_time ON asked_once (time);
