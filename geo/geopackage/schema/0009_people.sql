-- Keys are for the records of some countries, or of all where none is named.
ALTER TABLE api_keys ADD COLUMN scope TEXT NOT NULL DEFAULT '';

-- Who is signed in: with a key, whose role and end are theirs, or with an account of somebody else's directory.
CREATE TABLE sessions (
  digest BLOB PRIMARY KEY NOT NULL,
  key_id INTEGER REFERENCES api_keys (id),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  created DATETIME NOT NULL,
  expires DATETIME NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_expires ON sessions (expires);

-- By what name somebody of a directory is known here, whom nobody else can be called.
CREATE TABLE accounts (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;

-- What was done besides changes of records, which `revisions` has; after which of these (0: before the first).
CREATE TABLE audit_log (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  revision INTEGER NOT NULL,
  time DATETIME NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL
);

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Authors whose names are shown to nobody. What was hidden last, or shown again, counts up `moves`.
CREATE TABLE hidden_authors (
  name TEXT PRIMARY KEY NOT NULL,
  time DATETIME NOT NULL
) WITHOUT ROWID;
CREATE TABLE hidden_authors_moves (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  moves INTEGER NOT NULL
);
INSERT INTO hidden_authors_moves VALUES (1, 0);
