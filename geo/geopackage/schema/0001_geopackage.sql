-- A GeoPackage 1.4 (OGC 12-128r19) with one layer of projects, indexed by the R-tree extension (annex F.3).
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

CREATE TABLE projects (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom GEOMETRY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  segment TEXT NOT NULL,
  status TEXT NOT NULL,
  status_date TEXT,
  status_group TEXT NOT NULL,
  country TEXT NOT NULL,
  region TEXT,
  locality TEXT,
  location_accuracy TEXT NOT NULL,
  location_radius_km REAL,
  operator TEXT,
  capacity_lce_t_per_year REAL,
  capacity_gwh_per_year REAL,
  start_planned TEXT,
  start_actual TEXT,
  first_date TEXT,
  last_date TEXT,
  sources_count INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created DATETIME NOT NULL,
  updated DATETIME NOT NULL,
  sequence INTEGER NOT NULL UNIQUE REFERENCES revisions (sequence)
);

CREATE TABLE revisions (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  project_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('create', 'update', 'delete')),
  author TEXT NOT NULL,
  comment TEXT,
  time DATETIME NOT NULL,
  created DATETIME NOT NULL,
  replaces INTEGER REFERENCES revisions (sequence),
  record TEXT,
  UNIQUE (project_id, number)
);

-- Tells this store from any other, so that a cached answer of one is never taken for the other's.
CREATE TABLE atlas_store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity TEXT NOT NULL
);
INSERT INTO atlas_store VALUES (1, lower(hex(randomblob(8))));

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE,
  created DATETIME NOT NULL,
  revoked DATETIME
);
CREATE UNIQUE INDEX api_keys_active_name ON api_keys (name) WHERE revoked IS NULL;

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('projects', 'features', 'projects', 'Lithium and battery projects, as they stand', 4326),
  ('revisions', 'attributes', 'revisions', 'Every change of every project, append-only', NULL);
INSERT INTO gpkg_geometry_columns VALUES ('projects', 'geom', 'GEOMETRY', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('projects', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec140/#extension_rtree', 'write-only');

CREATE VIRTUAL TABLE rtree_projects_geom USING rtree (id, minx, maxx, miny, maxy);

CREATE TRIGGER rtree_projects_geom_insert AFTER INSERT ON projects
WHEN (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_projects_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;

CREATE TRIGGER rtree_projects_geom_update6 AFTER UPDATE OF geom ON projects
WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
  AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))
BEGIN
  UPDATE rtree_projects_geom SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom),
    miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid;
END;

CREATE TRIGGER rtree_projects_geom_update7 AFTER UPDATE OF geom ON projects
WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
  AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))
BEGIN
  INSERT INTO rtree_projects_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;

CREATE TRIGGER rtree_projects_geom_update2 AFTER UPDATE OF geom ON projects
WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_projects_geom WHERE id = OLD.fid;
END;

CREATE TRIGGER rtree_projects_geom_update5 AFTER UPDATE ON projects
WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_projects_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_projects_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;

CREATE TRIGGER rtree_projects_geom_update4 AFTER UPDATE ON projects
WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_projects_geom WHERE id IN (OLD.fid, NEW.fid);
END;

CREATE TRIGGER rtree_projects_geom_delete AFTER DELETE ON projects
WHEN OLD.geom NOTNULL
BEGIN
  DELETE FROM rtree_projects_geom WHERE id = OLD.fid;
END;

-- The history cannot be rewritten, and the layer cannot be edited past the history (by a desktop GIS, say).
CREATE TRIGGER revisions_are_not_changed BEFORE UPDATE ON revisions
BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;

CREATE TRIGGER revisions_are_not_deleted BEFORE DELETE ON revisions
BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;

CREATE TRIGGER projects_insert_has_revision BEFORE INSERT ON projects
WHEN NEW.sequence IS NOT (SELECT max(sequence) FROM revisions)
BEGIN
  SELECT RAISE(ABORT, 'projects are changed through the atlas, which keeps their revisions');
END;

CREATE TRIGGER projects_update_has_revision BEFORE UPDATE ON projects
WHEN NEW.sequence IS OLD.sequence OR NEW.sequence IS NOT (SELECT max(sequence) FROM revisions)
BEGIN
  SELECT RAISE(ABORT, 'projects are changed through the atlas, which keeps their revisions');
END;

CREATE TRIGGER projects_delete_has_revision BEFORE DELETE ON projects
WHEN NOT EXISTS (
  SELECT 1 FROM revisions WHERE sequence = (SELECT max(sequence) FROM revisions)
    AND project_id = OLD.id AND action = 'delete'
)
BEGIN
  SELECT RAISE(ABORT, 'projects are deleted through the atlas, which keeps their revisions');
END;
