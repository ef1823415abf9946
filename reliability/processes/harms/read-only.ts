import { chmodSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { LedgerRecord } from "../ledger/ledger-record.ts";
import type { Violation } from "../oracle/violation.ts";
import { LedgerTail } from "../round/ledger-tail.ts";
import { until } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";
import type { MemberOptions, Round } from "../round/round.ts";
import { beats, type Rhythm } from "./beats.ts";

/** What somebody is told whose store cannot be written. */
const TOLD = /SQLITE_(READONLY|CANTOPEN)/;
/** A process that has been told nothing by then never will be. */
const PATIENCE_MS = 30_000;

/** Kills all, makes the files read-only, and sees that who wants to write is told; then they may be written again. */
export function readOnlyFiles(candidate: MemberOptions, rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    const tail = new LedgerTail(round.files.ledger);
    let killed = 0;
    let outages = 0;
    const violations: Violation[] = [];
    for await (const _ of beats(rhythm, signal)) {
      await Promise.all(crew.alive.map((child) => child.ready));
      killed += crew.alive.length;
      const { again } = await crew.rest();
      setWritable(round, false);
      violations.push(...(await isTold(round, { ...candidate, name: `${candidate.name}.${outages}` }, tail)));
      setWritable(round, true);
      outages += 1;
      again();
    }
    return { kills: killed, outages, violations };
  };
}

/** A process that is to write gets a typed error, when it opens the store or when it writes, and nothing else. */
async function isTold(round: Round, candidate: MemberOptions, tail: LedgerTail): Promise<Violation[]> {
  const child = round.spawn(candidate);
  const by = (record: LedgerRecord): boolean => record.process === candidate.name;
  const told = await until(
    () =>
      (!child.alive && TOLD.test(child.complaint)) ||
      tail.read().some((one) => by(one) && isRefusal(one)) ||
      undefined,
    AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), endOf(child.ended)]),
  );
  child.signal("SIGKILL");
  await child.ended;
  const deeds = tail.read().filter((one) => by(one) && (one.type === "commit" || one.type === "claim"));
  if ((told || TOLD.test(child.complaint)) && deeds.length === 0) return [];
  const problem = `${candidate.name} wrote ${deeds.length} times to a read-only file, and was told: ${child.complaint.trim()}`;
  return [{ invariant: "P11", run: "", problem }];
}

function isRefusal(record: LedgerRecord): boolean {
  return record.type === "outage" && TOLD.test(record.message);
}

function endOf(ended: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void ended.then(() => controller.abort());
  return controller.signal;
}

function setWritable({ files }: Round, writable: boolean): void {
  for (const file of [files.database, `${files.database}-wal`, `${files.database}-shm`]) {
    if (existsSync(file)) chmodSync(file, writable ? 0o666 : 0o444);
  }
  chmodSync(dirname(files.database), writable ? 0o777 : 0o555);
}
