import { type Entry, type EntryKind, newEntry } from "../../history/entry.ts";
import { checkInteger } from "../../model/check.ts";
import { describeName } from "../../model/describe.ts";
import { claim } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

/** Blocks that run their function again and again: one that ends makes room for a later one. */
const REPEATING: ReadonlySet<EntryKind> = new Set(["map", "loop"]);

/** Whether the code that made the history had no gate here: it went on behind it, or ended here, so that a later one began. */
function isOlderThanGate({ place, run }: Scope, turn: number): boolean {
  if (run.gates.owedBelow(place, turn) !== undefined) return true;
  const { parent, segment } = place;
  if (parent?.entry == null || segment === null || !REPEATING.has(parent.entry.kind)) return false;
  const unasked = run.gates.owedBelow(parent, turn);
  return unasked?.parent === parent && (unasked.segment?.value ?? 0) > segment.value;
}

/** The answer that code would have been given in this turn, if the gate had been there already. */
function answerOfThen(scope: Scope, count: number): Entry {
  const { time, run } = scope;
  const asked = newEntry("version", time, run.turns.current);
  return { ...asked, status: "completed", settledAt: time, count };
}

/** Where an answer is handed over: as its own completion, or in the turn in which it was asked for by code that went past it. */
function turnOf({ askedAfter, beganIn, sequence }: Entry): number {
  if (beganIn > 0) return beganIn - 1;
  // An earlier release has not recorded which of the two it is.
  return askedAfter < sequence - 1 ? askedAfter : sequence;
}

/** Which version of the code this run is pinned to at this place; the same for the life of the run (I10). */
export function getVersion(scope: Scope, name: string, latest: number): Promise<number> {
  checkInteger(latest, `getVersion ${describeName(name)}: latest`, { from: 1, to: Number.MAX_SAFE_INTEGER });
  const { run } = scope;
  const { turns, journal } = run;
  const place = claim(scope, "version", name);
  const operation = new Operation<number>({ scope, place, kind: "version" }, (entry) => entry.count);
  if (place.entry !== null) return operation.replay(place.entry, turnOf(place.entry));
  const pin = (count: number): void =>
    operation.settle({ status: "completed", result: null, change: { count, askedAfter: journal.sequence } });
  const pinInThisTurn = (count: number): void => {
    const beganIn = turns.current + 1;
    const entry = { ...answerOfThen(scope, count), beganIn, sequence: journal.nextSequence() };
    journal.write(place, entry);
    run.requireCommit();
    void operation.replay(entry, turnOf(entry));
  };
  // What is rolled back ended without this gate: the code around may end before the replay does. Nothing of it is written.
  if (run.rollingBack) void operation.replay(answerOfThen(scope, 1), turns.current);
  else if (run.live) pin(latest);
  else {
    run.gates.add({
      scope,
      isBehind: (turn) => isOlderThanGate(scope, turn),
      pass: () => pinInThisTurn(1),
      resolve: (version) => pin(version === "first" ? 1 : latest),
    });
  }
  return operation.promise;
}
