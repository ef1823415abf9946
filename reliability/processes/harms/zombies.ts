import { machineTime } from "../ledger/ledger-client.ts";
import type { LedgerRecord } from "../ledger/ledger-record.ts";
import type { Standstill } from "../oracle/evidence.ts";
import type { Child } from "../round/child.ts";
import { LedgerTail } from "../round/ledger-tail.ts";
import { until } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";
import { beats, type Rhythm } from "./beats.ts";

/** After so many leases nobody will take over any more: the one that stands still may hold the write lock. */
const PATIENCE_LEASES = 4;

/** Stops one of these members while it holds runs, until others have taken them over, and lets it go on; again and again. */
export function zombies(names: readonly string[], leaseMs: number, rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    const tail = new LedgerTail(round.files.ledger);
    const standstills: Standstill[] = [];
    let count = 0;
    for await (const random of beats(rhythm, signal)) {
      const child = await until(() => {
        const holding = names
          .map((name) => crew.member(name))
          .filter(({ name }) => holdsRuns(name, tail.read()));
        return holding.length === 0 ? undefined : random.pick(holding);
      }, signal);
      const from = machineTime();
      if (!child?.signal("SIGSTOP")) continue;
      if (await takenOver(child, tail, { leaseMs, signal })) count += 1;
      child.signal("SIGCONT");
      standstills.push({ process: child.name, from, to: machineTime() });
    }
    return { zombies: count, standstills };
  };
}

function holdsRuns(process: string, records: readonly LedgerRecord[]): boolean {
  return runsHeldBy(process, records).size > 0;
}

/** Waits for a member to stop by itself, as its failpoint tells it, and lets it go on as above. */
export function zombieAtFailpoint(name: string, leaseMs: number): Harm {
  return async ({ crew, round, signal }) => {
    const child = crew.member(name);
    let from = machineTime();
    const stopped = await until(() => {
      if (child.stopped) return true;
      from = machineTime();
      return undefined;
    }, signal);
    if (stopped === undefined) return {};
    const took = await takenOver(child, new LedgerTail(round.files.ledger), { leaseMs, signal });
    child.signal("SIGCONT");
    return { zombies: took ? 1 : 0, standstills: [{ process: child.name, from, to: machineTime() }] };
  };
}

async function takenOver(
  { name }: Child,
  tail: LedgerTail,
  { leaseMs, signal }: { readonly leaseMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const before = tail.read().length;
  const held = runsHeldBy(name, tail.records);
  if (held.size === 0) return false;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(leaseMs * PATIENCE_LEASES)]);
  const isTakeover = (record: LedgerRecord): boolean =>
    record.type === "claim" && record.process !== name && held.has(record.run);
  const taken = await until(() => tail.read().slice(before).find(isTakeover), patience);
  return taken !== undefined;
}

/** Runs whose newest claim is the process's, and was not given up. */
function runsHeldBy(process: string, records: readonly LedgerRecord[]): Set<string> {
  const held = new Set<string>();
  for (const record of records) {
    if (record.type === "claim") {
      if (record.process === process) held.add(record.run);
      else held.delete(record.run);
    }
    if (record.type === "release" || (record.type === "commit" && !record.keeps)) held.delete(record.run);
  }
  return held;
}
