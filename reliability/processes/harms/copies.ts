import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { machineTime } from "../ledger/ledger-client.ts";
import { readLedger } from "../ledger/ledger-file.ts";
import { judgeDurability } from "../oracle/durability.ts";
import { Evidence, type Standstill } from "../oracle/evidence.ts";
import { readStore } from "../oracle/final-store.ts";
import type { Violation } from "../oracle/violation.ts";
import { judgeWakeUps } from "../oracle/wake-ups.ts";
import type { Crew } from "../round/crew.ts";
import { until } from "../round/pause.ts";
import { type Harm, play } from "../round/play.ts";
import type { Round } from "../round/round.ts";
import { beats, type Rhythm } from "./beats.ts";

/**
 * Copies the file and its log at random instants, opens the copy, and lets other processes run its runs to their ends,
 * while the originals go on. The copied ledger says what had happened by then.
 */
export function copies(rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    const standstills: Standstill[] = [];
    let copied = 0;
    const violations: Violation[] = [];
    for await (const _ of beats(rhythm, signal)) {
      if (!existsSync(`${round.files.database}-wal`)) continue;
      const directory = mkdtempSync(join(tmpdir(), "holdfast-copy-"));
      standstills.push(...(await atOneInstant(crew, signal, () => copyRound(round, directory))));
      violations.push(...(await judgeCopy(round, directory)));
      copied += 1;
      rmSync(directory, { recursive: true, force: true });
    }
    return { copies: copied, violations, standstills };
  };
}

/** Nothing of any process runs while files are copied: the copy is what a power cut would have left. */
async function atOneInstant(crew: Crew, signal: AbortSignal, copy: () => void): Promise<Standstill[]> {
  const from = machineTime();
  const all = crew.alive;
  for (const child of all) child.signal("SIGSTOP");
  await until(() => (all.every((child) => child.stopped || !child.alive) ? true : undefined), signal, 1);
  copy();
  for (const child of all) child.signal("SIGCONT");
  const to = machineTime();
  return all.map(({ name }) => ({ process: name, from, to }));
}

function copyRound({ files }: Round, directory: string): void {
  for (const file of [files.database, `${files.database}-wal`, files.ledger]) {
    if (existsSync(file)) copyFileSync(file, join(directory, basename(file)));
  }
}

async function judgeCopy({ plan, files }: Round, directory: string): Promise<Violation[]> {
  const database = join(directory, basename(files.database));
  const ledger = join(directory, basename(files.ledger));
  const found = damage(database);
  if (found.length > 0) return found;
  const evidence = new Evidence({ plan, records: readLedger(ledger), runs: await readStore(database) });
  const members = [
    { name: "successor", work: {}, send: { index: 0, of: 1 } },
    { name: "operator", operate: true },
  ];
  const finished = await play({ plan, members, at: { directory } });
  return [...judgeDurability(evidence), ...judgeWakeUps(evidence), ...finished.violations];
}

function damage(file: string): Violation[] {
  const database = new DatabaseSync(file);
  const row = database.prepare("PRAGMA integrity_check").get() as { readonly integrity_check: string };
  database.close();
  if (row.integrity_check === "ok") return [];
  return [{ invariant: "I11", run: "", problem: `the copied file is damaged: ${row.integrity_check}` }];
}
