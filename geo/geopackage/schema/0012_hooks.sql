-- Who is told of changes by a program. Secrets stand here as they are: messages are signed with them.
CREATE TABLE hooks (
  id TEXT PRIMARY KEY NOT NULL,
  owner TEXT NOT NULL,
  address TEXT NOT NULL,
  question TEXT NOT NULL,
  base TEXT NOT NULL,
  language TEXT NOT NULL,
  secret BLOB NOT NULL,
  created DATETIME NOT NULL,
  cursor INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'given_up')),
  failures INTEGER NOT NULL,
  failing_since DATETIME,
  next_attempt DATETIME,
  answer TEXT,
  delivered DATETIME
);
