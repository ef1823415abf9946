import type { EntryKind } from "../../history/entry.ts";
import { SegmentType } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import { ContextMisuseError, DuplicateNameError, LimitError } from "../../model/errors/argument-errors.ts";
import { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import { checkNameIn } from "./admitted.ts";
import type { Scope } from "./scope.ts";

/**
 * Owns: how an operation gets its place: checks of use and name, the mark that it was asked for, the lookup, the check
 * of the kind. All of it in one place, for every primitive.
 */

/** Ends the call of an operation after the divergence was reported; only context.ts knows it. */
export class Halt {}

export function claim(scope: Scope, kind: EntryKind | "removed", name: string): Place {
  const run = scope.run;
  checkNameIn(run, name, `The name of the ${kind}`);
  checkUse(scope, kind, name);
  const known = run.journal.knownName(name);
  const recorded = known === undefined ? undefined : scope.place.existing(SegmentType.name, known);
  // A gate that newer code has in front of what is recorded is no work of the run's: a full history is to be read with it, too.
  const exempt = kind === "removed" || (kind === "version" && !run.live);
  if (!exempt && (recorded?.entry ?? null) === null) checkRoom(scope, name);
  const index = known ?? run.journal.nameIndex(name);
  const earlier = scope.claimed.get(index);
  if (earlier !== undefined) {
    const where = run.journal.format(scope.place);
    throw new DuplicateNameError(
      `The name ${JSON.stringify(name)} was used twice in ${where === "" ? "the workflow" : `"${where}"`}: for a ${earlier}, and again for a ${kind}. Names are unique in their scope: number them in a for loop (\`charge-\${i}\`), use ctx.loop or ctx.map, and in a block the context that its function is given.`,
    );
  }
  const place = scope.place.child({ type: SegmentType.name, value: index });
  scope.claimed.set(index, kind);
  if (!run.live) run.asked.set(place, kind);
  if (kind !== "removed") checkKind(scope, kind, place);
  return place;
}

/** @throws ContextMisuseError, NondeterminismError (strict) */
export function checkUse(scope: Scope, kind: string, name: string): void {
  checkCall(scope, kind, name);
  const running = scope.run.world.code.current();
  if (running?.owner !== scope.run || running.scope === undefined || scope.isReplayedWith(running.scope))
    return;
  const where = scope.encloses(running.scope)
    ? `inside a block, with the context of the ${nameOf(scope)} around it`
    : `with the context of the ${nameOf(scope)} by code that is not inside it`;
  throw new ContextMisuseError(
    `The ${kind} "${name}" was asked for ${where}. A block that has ended is not run again on replay, so that this would not be asked for again: use the context that the block's function is given.`,
  );
}

/**
 * As `checkUse`, for what blocks inside may ask for too, since it has its place elsewhere.
 * @throws ContextMisuseError, NondeterminismError (strict)
 */
export function checkCall(scope: Scope, kind: string, name: string): void {
  const run = scope.run;
  if (scope.closed || scope.ended) {
    throw new ContextMisuseError(
      `The ${kind} "${name}" was asked for after its ${nameOf(scope)} had ended. Await every operation inside the function whose context it uses, and use the context of the innermost function.`,
    );
  }
  const running = run.world.code.current();
  if (running?.owner === run && running.body !== undefined) {
    throw new ContextMisuseError(
      `The ${kind} "${name}" was asked for inside the body of step "${running.body}". A step body does side effects only; call ctx operations beside the step, not in it.`,
    );
  }
  if (!run.turns.open) run.reportForeign(name);
}

function nameOf({ depth, place, run }: Scope): string {
  return depth === 0 ? "workflow" : `block "${run.journal.format(place)}"`;
}

function checkKind(scope: Scope, kind: EntryKind, place: Place): void {
  const { run } = scope;
  if (place.entry === null || place.entry.kind === kind) return;
  run.diverge(
    new HistoryDivergedError(run.workflowId, {
      location: run.journal.format(place),
      recorded: `a ${place.entry.kind}`,
      asked: `asks for a ${kind}`,
    }),
  );
  throw new Halt();
}

/** @throws LimitError when the history takes no more entries. */
export function checkRoom(scope: Scope, name: string): void {
  const { run } = scope;
  const { liveEntries } = run.journal;
  const maximum = run.limits.historyEntries;
  let entries = liveEntries;
  // A step is recorded when it has ended; those that run will be.
  if (entries + scope.allRunning.size >= maximum)
    for (const place of scope.allRunning) if (place.entry === null) entries += 1;
  if (entries < maximum) {
    if (liveEntries + 1 === Math.ceil(maximum / 10)) {
      const problem = "the history has reached a tenth of its limit; use loops, which prune theirs";
      run.report.warn(problem, { liveEntries, maximum });
    }
    return;
  }
  throw new LimitError({
    limit: "historyEntries",
    maximum,
    actual: entries + 1,
    where: `The history with ${JSON.stringify(name)}`,
    remedy: "Use ctx.loop, which prunes its history, or start another run, or raise the limit.",
  });
}
