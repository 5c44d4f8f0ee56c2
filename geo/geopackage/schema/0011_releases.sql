-- What the newest revision was called at a time: a release of this store, which is asked for by its name.
CREATE TABLE named_releases (
  name TEXT PRIMARY KEY NOT NULL,
  sequence INTEGER NOT NULL,
  time DATETIME NOT NULL
);

CREATE TRIGGER named_releases_are_not_changed BEFORE UPDATE ON named_releases
BEGIN
  SELECT RAISE(ABORT, 'releases are append-only');
END;

CREATE TRIGGER named_releases_are_not_deleted BEFORE DELETE ON named_releases
BEGIN
  SELECT RAISE(ABORT, 'releases are append-only');
END;

-- What stood at a time is asked for by the time; times rise with the sequence.
CREATE INDEX revisions_time ON revisions (time);
