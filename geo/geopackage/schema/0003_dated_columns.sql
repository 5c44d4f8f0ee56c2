-- What dates and capacities rest on, and by which release's rules the derived columns were made.
ALTER TABLE projects ADD COLUMN status_date_basis TEXT;
ALTER TABLE projects ADD COLUMN status_as_of TEXT;
ALTER TABLE projects ADD COLUMN location_doubt TEXT;
ALTER TABLE projects ADD COLUMN capacity_lce_t_per_year_basis TEXT;
ALTER TABLE projects ADD COLUMN capacity_gwh_per_year_basis TEXT;
ALTER TABLE projects ADD COLUMN operating_by TEXT;

-- Version 0 stands only inside the transaction that derives the columns again.
CREATE TABLE derived_columns (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
);
INSERT INTO derived_columns VALUES (1, -1);

DROP TRIGGER projects_update_has_revision;
CREATE TRIGGER projects_update_has_revision BEFORE UPDATE ON projects
WHEN NOT (NEW.sequence IS OLD.sequence AND (SELECT version FROM derived_columns) = 0)
  AND (NEW.sequence IS OLD.sequence OR NEW.sequence IS NOT (SELECT max(sequence) FROM revisions))
BEGIN
  SELECT RAISE(ABORT, 'projects are changed through the ledger, which keeps their revisions');
END;
