import type { EntryKind } from "../../history/entry.ts";
import { SegmentType } from "../../history/location.ts";
import { checkWord } from "../../model/check.ts";
import type { RemovedKind } from "../../model/context.ts";
import { describeName } from "../../model/describe.ts";
import { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import { checkNameIn } from "../replay/admitted.ts";
import { checkUse, claim, Halt } from "../replay/claim.ts";
import { Operation } from "../replay/operation.ts";
import type { Scope } from "../replay/scope.ts";

const KINDS: readonly RemovedKind[] = [
  "step",
  "loop",
  "sleep",
  "message",
  "join",
  "race",
  "map",
  "try",
  "send",
  "rollback_checkpoint",
  "version",
];

/**
 * Keeps the place of an operation that the code no longer has. A run that has the operation in its history goes past
 * it in its recorded turn; for any other run this is nothing at all, and nothing is recorded.
 */
export function removed(scope: Scope, name: string, kind: RemovedKind): Promise<void> {
  checkWord(kind, `removed ${describeName(name)}: kind`, KINDS);
  const { run } = scope;
  if (kind === "send") {
    keepSends(scope, name);
    return Promise.resolve();
  }
  const place = claim(scope, "removed", name);
  const entry = place.entry;
  if (entry === null) return Promise.resolve();
  if (entry.kind !== kind) {
    const location = run.journal.format(place);
    const told = { location, recorded: `a ${entry.kind}`, asked: `marks a ${kind} as removed` };
    run.diverge(new HistoryDivergedError(run.workflowId, told));
    throw new Halt();
  }
  if (entry.status === "pending") {
    forgive(scope, place);
    return Promise.resolve();
  }
  // Whatever the result was, a failure included: the operation is no more, and only its turn is kept.
  const operation = new Operation<void>(
    { scope, place, kind: entry.kind satisfies EntryKind },
    () => undefined,
  );
  return operation.replay({ ...entry, status: "completed" });
}

/** Whatever is inside a block that was not finished is gone with it. */
function forgive(scope: Scope, place: ReturnType<typeof claim>): void {
  if (!scope.run.live) for (const inside of allBelow(place)) scope.run.asked.set(inside, "removed");
}

function* allBelow(place: ReturnType<typeof claim>): IterableIterator<ReturnType<typeof claim>> {
  for (const child of place.children) {
    yield child;
    yield* allBelow(child);
  }
}

/** The name is that of the message, which may be the name of another operation too. */
function keepSends(scope: Scope, name: string): void {
  const { run } = scope;
  checkNameIn(run, name, "The name of the message");
  checkUse(scope, "removed", name);
  scope.removedSends.add(name);
  const known = run.journal.knownName(name);
  const sent = known === undefined ? undefined : scope.place.existing(SegmentType.send, known);
  if (sent === undefined || run.live) return;
  run.asked.set(sent, "scope");
  for (const message of sent.children) run.asked.set(message, "removed");
}
