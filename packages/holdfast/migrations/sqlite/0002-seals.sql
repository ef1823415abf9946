-- Holdfast, SQLite schema 2. What wakes a run, and where its messages stand in the queue, have checksums of their own. Rows
-- of schema 1 have none (NULL) and are taken as they are; a run's row gets one when it is written next.

ALTER TABLE holdfast_runs ADD COLUMN queue_seal INTEGER NOT NULL DEFAULT 0;  -- sum of the seals of queued messages
ALTER TABLE holdfast_runs ADD COLUMN seal INTEGER;                           -- of all columns but run, header and seal

-- The body comes last, so that all else of a message is read without it.
CREATE TABLE holdfast_messages_2 (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  completable INTEGER NOT NULL,
  remember INTEGER NOT NULL,        -- keep the id in holdfast_consumed
  seal INTEGER,                     -- of the run's id and all columns but run, seal and body
  body BLOB NOT NULL,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
INSERT INTO holdfast_messages_2 (run, position, id, name, created_at, expires_at, completable, remember, body)
  SELECT run, position, id, name, created_at, expires_at, completable, remember, body FROM holdfast_messages;
DROP TABLE holdfast_messages;
ALTER TABLE holdfast_messages_2 RENAME TO holdfast_messages;
CREATE UNIQUE INDEX holdfast_messages_id ON holdfast_messages (run, id);
CREATE INDEX holdfast_messages_name ON holdfast_messages (run, name, position);
