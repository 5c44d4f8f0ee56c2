-- One comparable capacity of a record whatever it makes, and the year of its start.
ALTER TABLE projects ADD COLUMN capacity REAL;
ALTER TABLE projects ADD COLUMN capacity_measure TEXT;
ALTER TABLE projects ADD COLUMN capacity_basis TEXT;
ALTER TABLE projects ADD COLUMN start_year INTEGER;
