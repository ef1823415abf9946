import type { LedgerRecord, RecordOf } from "../ledger/ledger-record.ts";
import { type Evidence, groupBy } from "./evidence.ts";
import type { Violation } from "./violation.ts";

type Start = RecordOf<"body-start" | "handler-start">;

/** I3, I29: an attempt of a body or handler starts again only under another claim, as its process died or gave it up. */
export function judgeStarts(evidence: Evidence): Violation[] {
  const starts = evidence.of("body-start", "handler-start");
  const groups = groupBy(starts, ({ type, run, path, attempt, epoch }) => [type, run, path, attempt, epoch]);
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map(([start, ...more]) => repeated(start as Start, more));
}

function repeated({ type, run, path, attempt, epoch }: Start, more: readonly Start[]): Violation {
  const what = type === "body-start" ? "body" : "handler";
  const problem = `the ${what} of ${path} started ${more.length + 1} times in attempt ${attempt} under epoch ${epoch}`;
  return { invariant: type === "body-start" ? "I3" : "I29", run, problem };
}

/** I3 where nothing was killed: no attempt starts twice, under whatever claim. */
export function judgeCalmStarts(evidence: Evidence): Violation[] {
  const starts = evidence.of("body-start", "handler-start");
  const groups = groupBy(starts, ({ type, run, path, attempt }) => [type, run, path, attempt]);
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map(([first, ...more]) => repeated(first as Start, more));
}

/** I4, I29: a body whose result is committed, and a handler whose completion is, never starts again. */
export function judgeFinality(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const settled = new Map<string, string>();
  for (const record of evidence.records) {
    if (record.type === "body-start" || record.type === "handler-start") {
      const because = settled.get(keyOf(record.type, record.run, record.location));
      if (because !== undefined) violations.push(startedAgain(record, because));
    }
    for (const [key, because] of settledBy(record)) if (!settled.has(key)) settled.set(key, because);
  }
  return violations;
}

/** What a record shows to be committed: the entries of a commit. */
function* settledBy(record: LedgerRecord): Iterable<[key: string, because: string]> {
  if (record.type !== "commit") return;
  for (const { kind, location, status, compensated } of record.entries) {
    if (kind !== "step") continue;
    const because = `revision ${record.revision} has it`;
    if (status !== "pending") yield [keyOf("body-start", record.run, location), because];
    if (compensated) yield [keyOf("handler-start", record.run, location), because];
  }
}

/** I4 by the program's own eyes: a step that others were founded on does not start again. */
export function judgeFoundations(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const founded = new Map<string, string>();
  for (const start of evidence.of("body-start")) {
    const because = founded.get(keyOf(start.type, start.run, start.path));
    if (because !== undefined) violations.push(startedAgain(start, because));
    for (const [path] of start.founded) {
      founded.set(keyOf(start.type, start.run, path), `${start.path} was started with its result`);
    }
  }
  return violations;
}

function startedAgain({ type, run, path, attempt, process }: Start, because: string): Violation {
  const invariant = type === "body-start" ? "I4" : "I29";
  const what = type === "body-start" ? "body" : "handler";
  return {
    invariant,
    run,
    problem: `the ${what} of ${path} started in ${process} (attempt ${attempt}), though ${because}`,
  };
}

function keyOf(type: string, run: string, place: string): string {
  return JSON.stringify([type, run, place]);
}
