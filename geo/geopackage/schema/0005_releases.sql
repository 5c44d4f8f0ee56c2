-- A deletion may say which record stands for the deleted one from then on; and the release that was loaded has a name.
ALTER TABLE revisions ADD COLUMN successor TEXT;
ALTER TABLE loaded_dataset ADD COLUMN release TEXT;
