/**
 * A process that measures once, or prepares one run, and tells its parent. Each measurement has its own, so that no
 * engine's code, garbage or timers are in another's way.
 */

import type { ChildAnswer, ChildRequest } from "./child-request.ts";
import { rawPostgresCommits } from "./limits/raw-postgres.ts";
import { rawSqliteCommits } from "./limits/raw-sqlite.ts";
import { SUBJECTS } from "./peers/all.ts";
import { spawnMeasurement } from "./spawn-child.ts";
import type { OpenEngine, Subject } from "./subject.ts";
import type { Bench, Figures } from "./work.ts";
import { WORKS } from "./works/all.ts";
import { park } from "./works/resume.ts";

const RAW_COMMITS = { full: 1_000, normal: 10_000, postgres: 500 };

const request = JSON.parse(process.argv[2] ?? "null") as ChildRequest;

process.on("unhandledRejection", fail);
measure().then((figures) => finish({ figures }), fail);

async function measure(): Promise<Figures> {
  const subject = known(SUBJECTS, request.subject);
  const bench = benchOf(subject);
  if (request.prepare !== undefined) {
    const session = await bench.open({ parked: "leave" });
    await park(session, request.prepare);
    await session.close();
    return {};
  }
  const work = known(WORKS, request.work);
  return work.measure(bench, request.workCase);
}

function benchOf(subject: Subject): Bench {
  const { folder, postgresUrl } = request;
  let engine: OpenEngine | undefined;
  const load = async (): Promise<OpenEngine> => {
    engine ??= await subject.load();
    return engine;
  };
  return {
    subject,
    folder,
    postgresUrl,
    load: async () => void (await load()),
    open: async (options = {}) => (await load())({ ...options, folder, postgresUrl }),
    prepare: async (order) => {
      const answer = await spawnMeasurement({ ...request, prepare: order }, 600_000, { ownGroup: false });
      if ("error" in answer) throw new Error(`preparing failed: ${answer.error}`);
    },
    rawCommitRate: async () => {
      const { storage } = subject;
      if (storage === "sqlite-full") return rawSqliteCommits(folder, "full", RAW_COMMITS.full);
      if (storage === "sqlite-normal") return rawSqliteCommits(folder, "normal", RAW_COMMITS.normal);
      if (storage === "postgres") return rawPostgresCommits(postgresUrl, 1, RAW_COMMITS.postgres);
      return undefined;
    },
  };
}

function known<Item extends { readonly id: string }>(items: readonly Item[], id: string): Item {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) throw new Error(`there is no "${id}"`);
  return item;
}

function finish(answer: ChildAnswer): void {
  // Engines may leave timers and sockets behind; what was measured is told, so nothing is waited for.
  process.send?.(answer, () => process.exit(0));
}

function fail(error: unknown): void {
  finish({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
