"""The store of those who outgrow one file: a PostgreSQL database with PostGIS."""
