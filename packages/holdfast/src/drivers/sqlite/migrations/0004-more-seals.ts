import type { Migration } from "./migration.ts";

/** The same text as `migrations/sqlite/0004-more-seals.sql`. */
export const moreSeals: Migration = {
  version: 4,
  name: "more-seals",
  sql: `-- Holdfast, SQLite schema 4. Ids of consumed messages, and what is left of deleted runs, have checksums too. Rows of schema 3
-- have none (NULL) and are taken as they are.

ALTER TABLE holdfast_consumed ADD COLUMN seal INTEGER;  -- of the run's id and the id; queue_seal of the run covers it
ALTER TABLE holdfast_retired ADD COLUMN seal INTEGER;   -- of the epoch
UPDATE holdfast_retired SET seal = 3817877294 WHERE epoch = 0;
`,
};
