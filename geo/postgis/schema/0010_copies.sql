-- Which store this one is a copy of, and what it held when it was whole last; NULL while it is not.
CREATE TABLE copied_from (
  id integer PRIMARY KEY CHECK (id = 1),
  identity text NOT NULL,
  sums text,
  time text COLLATE "C" NOT NULL
);
