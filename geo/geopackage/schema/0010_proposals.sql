-- What people propose, and what was said of it until it was decided. Nobody who reads records reads these tables.
CREATE TABLE proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('create', 'change', 'delete')),
  project_id TEXT NOT NULL,
  base INTEGER,
  record TEXT,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  country TEXT NOT NULL,
  sources TEXT NOT NULL,
  comment TEXT NOT NULL,
  author TEXT NOT NULL,
  key TEXT,
  origin BLOB,
  language TEXT NOT NULL,
  alike TEXT NOT NULL,
  token BLOB,
  once_name BLOB UNIQUE,
  once_content BLOB,
  time DATETIME NOT NULL,
  updated DATETIME NOT NULL
);
CREATE INDEX proposals_state ON proposals (state, id);
CREATE INDEX proposals_project ON proposals (project_id, id);
CREATE INDEX proposals_origin ON proposals (origin) WHERE origin IS NOT NULL;

CREATE TABLE proposal_remarks (
  proposal_id INTEGER NOT NULL REFERENCES proposals (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  is_editor INTEGER NOT NULL,
  state TEXT NOT NULL,
  time DATETIME NOT NULL,
  PRIMARY KEY (proposal_id, number)
) WITHOUT ROWID;

-- What came of a proposal; one that is decided stays, as the history does.
CREATE TABLE proposal_revisions (
  sequence INTEGER PRIMARY KEY NOT NULL REFERENCES revisions (sequence),
  proposal_id INTEGER NOT NULL REFERENCES proposals (id)
);
CREATE INDEX proposal_revisions_proposal ON proposal_revisions (proposal_id);

CREATE TRIGGER proposals_decided_stay BEFORE DELETE ON proposals
WHEN OLD.state NOT IN ('open', 'asked')
BEGIN
  SELECT RAISE(ABORT, 'decided proposals stay');
END;

CREATE TRIGGER proposals_decided_are_not_changed BEFORE UPDATE ON proposals
WHEN OLD.state NOT IN ('open', 'asked')
BEGIN
  SELECT RAISE(ABORT, 'decided proposals are not changed');
END;

CREATE TRIGGER proposal_remarks_are_not_changed BEFORE UPDATE ON proposal_remarks
BEGIN
  SELECT RAISE(ABORT, 'remarks are not changed');
END;
