-- Names that say what a table is for, whatever the product is called, and the dataset that was loaded last.
ALTER TABLE atlas_store RENAME TO store_identity;

CREATE TABLE loaded_dataset (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fingerprint TEXT NOT NULL,
  time DATETIME NOT NULL
);

DROP TRIGGER projects_insert_has_revision;
DROP TRIGGER projects_update_has_revision;
DROP TRIGGER projects_delete_has_revision;

CREATE TRIGGER projects_insert_has_revision BEFORE INSERT ON projects
WHEN NEW.sequence IS NOT (SELECT max(sequence) FROM revisions)
BEGIN
  SELECT RAISE(ABORT, 'projects are changed through the ledger, which keeps their revisions');
END;

CREATE TRIGGER projects_update_has_revision BEFORE UPDATE ON projects
WHEN NEW.sequence IS OLD.sequence OR NEW.sequence IS NOT (SELECT max(sequence) FROM revisions)
BEGIN
  SELECT RAISE(ABORT, 'projects are changed through the ledger, which keeps their revisions');
END;

CREATE TRIGGER projects_delete_has_revision BEFORE DELETE ON projects
WHEN NOT EXISTS (
  SELECT 1 FROM revisions WHERE sequence = (SELECT max(sequence) FROM revisions)
    AND project_id = OLD.id AND action = 'delete'
)
BEGIN
  SELECT RAISE(ABORT, 'projects are deleted through the ledger, which keeps their revisions');
END;
