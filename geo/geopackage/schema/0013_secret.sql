-- 256 random bits that nobody is shown, from which follows what is told to one and guessed by nobody.
CREATE TABLE store_secret (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  secret BLOB NOT NULL CHECK (length(secret) = 32)
);
