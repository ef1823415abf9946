import { bareAwaits } from "../limits/bare-loop.ts";
import { bareRuns, bareSteps } from "../limits/bare-steps.ts";
import { rawSyncs } from "../limits/raw-fsync.ts";
import { rawPostgresCommits } from "../limits/raw-postgres.ts";
import { rawSqliteCommits } from "../limits/raw-sqlite.ts";
import type { Bench, Figures, Work } from "../work.ts";

/** L: what the disk, the databases and the language allow, without any engine. */
export const physicalLimits: Work = {
  id: "L",
  title: "Physical limits, per second",
  figures: [
    { key: "fsync", label: "fsync", better: "more" },
    { key: "fdatasync", label: "fdatasync", better: "more" },
    { key: "sqliteFull", label: "SQLite commits FULL", better: "more" },
    { key: "sqliteNormal", label: "SQLite commits NORMAL", better: "more" },
    { key: "bareStepsFull", label: "bare steps FULL", better: "more" },
    { key: "bareStepsNormal", label: "bare steps NORMAL", better: "more" },
    { key: "bareRunsFull", label: "bare steps of 100 runs, FULL", better: "more" },
    { key: "bareRunsNormal", label: "bare steps of 100 runs, NORMAL", better: "more" },
    { key: "postgres1", label: "PostgreSQL commits, 1 connection", better: "more" },
    { key: "postgres16", label: "PostgreSQL commits, 16 connections", better: "more" },
    { key: "awaits", label: "bare awaits", better: "more" },
  ],
  cases: [{ label: "", count: 1, only: "limits" }],
  quickCases: [{ label: "", count: 1, only: "limits" }],
  limitSeconds: 60,
  async measure({ folder, postgresUrl }: Bench): Promise<Figures> {
    await bareAwaits(100_000);
    await rawPostgresCommits(postgresUrl, 1, 200);
    return {
      fsync: rawSyncs(folder, "fsync", 1_000),
      fdatasync: rawSyncs(folder, "fdatasync", 1_000),
      sqliteFull: rawSqliteCommits(folder, "full", 2_000),
      sqliteNormal: rawSqliteCommits(folder, "normal", 30_000),
      bareStepsFull: bareSteps(folder, "full", 2_000),
      bareStepsNormal: bareSteps(folder, "normal", 20_000),
      bareRunsFull: bareRuns(folder, "full", 60),
      bareRunsNormal: bareRuns(folder, "normal", 60),
      postgres1: await rawPostgresCommits(postgresUrl, 1, 1_000),
      postgres16: await rawPostgresCommits(postgresUrl, 16, 4_000),
      awaits: await bareAwaits(3_000_000),
    };
  },
};
