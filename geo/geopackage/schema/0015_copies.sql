-- Which store this one is a copy of, and what it held when it was whole last; NULL while it is not.
CREATE TABLE copied_from (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity TEXT NOT NULL,
  sums TEXT,
  time DATETIME NOT NULL
);
