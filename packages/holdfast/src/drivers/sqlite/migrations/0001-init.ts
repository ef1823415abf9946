import type { Migration } from "./migration.ts";

/**
 * The same text as `migrations/sqlite/0001-init.sql`, which is there to be read and reviewed; a test compares the two.
 * It is kept in code so that a bundled library needs no files.
 */
export const init: Migration = {
  version: 1,
  name: "init",
  sql: `-- Holdfast, SQLite schema 1. Times are milliseconds since the epoch. Names and ids are text in which a backslash, NUL and
-- lone surrogates are escaped (\\\\, \\0, \\ud800), so that ordinary ones can be compared as they are.

-- One row per run. "run" orders runs by creation and is never used twice.
CREATE TABLE holdfast_runs (
  run INTEGER PRIMARY KEY AUTOINCREMENT,
  workflow_id TEXT NOT NULL UNIQUE,
  workflow_name TEXT NOT NULL,
  workflow_version TEXT,
  fingerprint TEXT NOT NULL,
  header BLOB NOT NULL,
  revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  batch_id TEXT,
  status TEXT NOT NULL,
  wake_at INTEGER,
  wants TEXT,                       -- JSON array of message names
  due_at INTEGER,                   -- a live lease's end included; NULL: by itself never
  woken_in INTEGER,                 -- epoch in which a wake was requested and not yet answered
  pause_requested INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  claims_without_commit INTEGER NOT NULL,
  queued INTEGER NOT NULL,          -- messages in the queue
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX holdfast_runs_due ON holdfast_runs (workflow_name, due_at, run) WHERE due_at IS NOT NULL;
CREATE INDEX holdfast_runs_status ON holdfast_runs (status);
CREATE INDEX holdfast_runs_name ON holdfast_runs (workflow_name);

-- The history: order-preserving keys and opaque values.
CREATE TABLE holdfast_entries (
  run INTEGER NOT NULL,
  key BLOB NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (run, key)
) WITHOUT ROWID;

-- Queued messages, oldest first by position; consumption deletes the row.
CREATE TABLE holdfast_messages (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  completable INTEGER NOT NULL,
  remember INTEGER NOT NULL,        -- keep the id in holdfast_consumed
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX holdfast_messages_id ON holdfast_messages (run, id);
CREATE INDEX holdfast_messages_name ON holdfast_messages (run, name, position);

-- Ids of consumed messages that senders may send again.
CREATE TABLE holdfast_consumed (
  run INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (run, id)
) WITHOUT ROWID;

-- Answers to completable messages.
CREATE TABLE holdfast_responses (
  run INTEGER NOT NULL,
  id TEXT NOT NULL,
  response BLOB NOT NULL,
  PRIMARY KEY (run, id)
) WITHOUT ROWID;
`,
};
