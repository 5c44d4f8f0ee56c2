-- Claims have keys. Until this table has its row, the records of older revisions may be given theirs.
CREATE TABLE claim_keys (
  id INTEGER PRIMARY KEY CHECK (id = 1)
);

DROP TRIGGER revisions_are_not_changed;
CREATE TRIGGER revisions_are_not_changed BEFORE UPDATE ON revisions
WHEN EXISTS (SELECT 1 FROM claim_keys)
BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;
