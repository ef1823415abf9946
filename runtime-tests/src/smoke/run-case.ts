import { CASES } from "./cases.ts";
import type { SmokeCase } from "./smoke-case.ts";
import { SmokeRun } from "./smoke-run.ts";
import type { SmokeStorage, Stage } from "./stage.ts";

/** How a case went: `problem` says what is wrong, `skipped` why it was not run. */
export interface CaseReport {
  readonly name: string;
  readonly stage: string;
  readonly ms: number;
  readonly problem?: string;
  readonly skipped?: string;
}

export async function runCases(stage: Stage): Promise<CaseReport[]> {
  const reports: CaseReport[] = [];
  for (const one of CASES) reports.push(await runCase(one, stage));
  return reports;
}

export async function runCase(one: SmokeCase, stage: Stage): Promise<CaseReport> {
  const begun = Date.now();
  const report = { name: one.name, stage: stage.name };
  const storage = await stage.open();
  if (one.needsStore === true && storage.store === undefined) {
    return { ...report, ms: 0, skipped: "this storage holds one run" };
  }
  try {
    await perform(one, storage);
    await storage.close();
    return { ...report, ms: Date.now() - begun };
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...report, ms: Date.now() - begun, problem };
  }
}

async function perform(one: SmokeCase, storage: SmokeStorage): Promise<void> {
  const run = new SmokeRun(storage, one.workflow);
  const play = one.play ?? ((started: SmokeRun) => started.outcome());
  const end = await play(run).then(
    (output) => ({ output }),
    (error: unknown) => ({ error: codeOf(error) }),
  );
  const wanted = one.error === undefined ? { output: one.output } : { error: one.error };
  if (!equal(end, wanted)) throw new Error(`It came to ${show(end)}; expected ${show(wanted)}.`);
  if (one.notes !== undefined && !equal(run.notes, one.notes)) {
    throw new Error(`It ran ${show(run.notes)}; expected ${show(one.notes)}.`);
  }
}

/** An error's code; of other errors all that is known. */
function codeOf(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : error instanceof Error ? (error.stack ?? error.message) : error;
}

/** Plain data is equal. */
function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  const same = (key: string): boolean =>
    Object.hasOwn(b, key) && equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]);
  return Array.isArray(a) === Array.isArray(b) && keys.length === Object.keys(b).length && keys.every(same);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (part === undefined ? "(undefined)" : part));
}
