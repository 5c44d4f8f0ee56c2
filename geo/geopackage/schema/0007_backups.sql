-- When the store was backed up last, and which was the newest revision in that copy.
CREATE TABLE last_backup (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  time DATETIME NOT NULL,
  sequence INTEGER NOT NULL
);
