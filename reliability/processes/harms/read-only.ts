import { chmodSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Violation } from "../oracle/violation.ts";
import type { Harm } from "../round/play.ts";
import type { MemberOptions, Round } from "../round/round.ts";
import { beats, type Rhythm } from "./beats.ts";

/** What a process has to say that cannot open its store. */
const TYPED = /StorageError.*SQLITE_(READONLY|CANTOPEN)/s;

/** Kills all, makes the files read-only, and sees that who opens them is told; then they may be written again. */
export function readOnlyFiles(candidate: MemberOptions, rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    let killed = 0;
    let outages = 0;
    const violations: Violation[] = [];
    for await (const _ of beats(rhythm, signal)) {
      await Promise.all(crew.alive.map((child) => child.ready));
      if (signal.aborted) break;
      killed += crew.alive.length;
      const { again } = await crew.rest();
      setWritable(round, false);
      violations.push(...(await failsToOpen(round, candidate)));
      setWritable(round, true);
      outages += 1;
      again();
    }
    return { kills: killed, outages, violations };
  };
}

async function failsToOpen(round: Round, candidate: MemberOptions): Promise<Violation[]> {
  const child = round.spawn(candidate);
  const ready = await child.ready;
  child.signal("SIGKILL");
  await child.ended;
  if (!ready && TYPED.test(child.complaint)) return [];
  const how = ready ? "opened a read-only file" : `was told: ${child.complaint.trim()}`;
  return [{ invariant: "P11", run: "", problem: `${child.name} ${how}` }];
}

function setWritable({ files }: Round, writable: boolean): void {
  for (const file of [files.database, `${files.database}-wal`, `${files.database}-shm`]) {
    if (existsSync(file)) chmodSync(file, writable ? 0o666 : 0o444);
  }
  chmodSync(dirname(files.database), writable ? 0o777 : 0o555);
}
