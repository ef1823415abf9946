import { type Entry, type EntryKind, newEntry } from "../../history/entry.ts";
import { checkInteger } from "../../model/check.ts";
import { describeName } from "../../model/describe.ts";
import { claim } from "../replay/claim.ts";
import { firstUnasked } from "../replay/divergence.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

/** Blocks that run their function again and again: one that ends makes room for a later one. */
const REPEATING: ReadonlySet<EntryKind> = new Set(["map", "loop"]);

/** Whether the code that made the history had no gate here: it went on behind it, or ended here, so that a later one began. */
function isOlderThanGate({ place, run }: Scope): boolean {
  if (firstUnasked(place, run.asked) !== undefined) return true;
  const { parent, segment } = place;
  if (parent?.entry == null || segment === null || !REPEATING.has(parent.entry.kind)) return false;
  const unasked = firstUnasked(parent, run.asked);
  return unasked?.parent === parent && (unasked.segment?.value ?? 0) > segment.value;
}

/** An answer that only leads a rollback to the handlers behind the gate: nothing of it is written. */
function unrecorded(scope: Scope): Entry {
  return { ...newEntry("version", scope.time, 0), status: "completed", settledAt: scope.time };
}

/** Which version of the code this run is pinned to at this place; the same for the life of the run (I10). */
export function getVersion(scope: Scope, name: string, latest: number): Promise<number> {
  checkInteger(latest, `getVersion ${describeName(name)}: latest`, { from: 1, to: Number.MAX_SAFE_INTEGER });
  const { run } = scope;
  const place = claim(scope, "version", name);
  const operation = new Operation<number>({ scope, place, kind: "version" }, (entry) => entry.count);
  if (place.entry !== null) return operation.replay(place.entry);
  const pin = (count: number): void => {
    if (!run.rollingBack) operation.settle({ status: "completed", result: null, change: { count } });
    else void operation.replay({ ...unrecorded(scope), count, sequence: run.turns.current });
  };
  // What is rolled back ended without this gate: the code around may end before the replay does.
  if (run.rollingBack) pin(1);
  else if (run.live) pin(latest);
  else {
    run.gates.push({
      scope,
      isBehind: () => isOlderThanGate(scope),
      resolve: (version) => pin(version === "first" ? 1 : latest),
    });
  }
  return operation.promise;
}
