-- Holdfast, SQLite schema 3. A run's epochs come after those of all runs that were deleted, so that whoever still holds a
-- run of the same id that is gone can write nothing of the new one.

CREATE TABLE holdfast_retired (
  only INTEGER PRIMARY KEY CHECK (only = 1),   -- the one row
  epoch INTEGER NOT NULL                       -- the highest of all deleted runs
);
INSERT INTO holdfast_retired (only, epoch) VALUES (1, 0);
