import type { Entry, EntryKind } from "../../history/entry.ts";
import type { Place } from "../../history/place.ts";
import { encodeKeys } from "../../history/run-failure.ts";
import type { WorkflowContext } from "../../model/context.ts";
import { MessageUnansweredError } from "../../model/errors/block-errors.ts";
import { EntryInProgressError, FailureUnawaitedError } from "../../model/errors/history-errors.ts";
import type { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { isPromise } from "../../model/is-promise.ts";
import { claim } from "./claim.ts";
import { divergenceAt } from "./divergence.ts";
import { Operation, type Settlement } from "./operation.ts";
import { originsOf } from "./origins.ts";
import { returned } from "./returned.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";
import { firstUnasked } from "./unasked.ts";

/**
 * Owns: what all operations have in common that run functions with contexts of their own.
 * Invariants: a finished block is not entered again, except while rolling back when steps with handlers are inside
 * (P12); a function that was left behind never tells an outcome.
 */

/** How a function ended. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** What comes with a block's value. */
interface Completed {
  /** Other fields of its entry. */
  readonly change?: Settlement["change"];
  /** Those of a block that fails since its value cannot be stored. @default as `change` */
  readonly refused?: Settlement["change"];
  readonly recorded?: Settlement["recorded"];
}

/** What a block does once it is open. */
export interface BlockBody {
  readonly scope: Scope;
  readonly place: Place;
  /** Whether the block is only entered to collect handlers: nothing that it settles with counts. */
  readonly collecting: boolean;
  /** Settles the block with a value. */
  readonly complete: (value: unknown, completed?: Completed) => void;
  /** Settles the block with an error. */
  readonly fail: (error: unknown, change?: Settlement["change"]) => void;
}

/** Where a block stands. */
export interface BlockPlace {
  readonly scope: Scope;
  readonly kind: EntryKind;
  readonly name: string;
  /** What its entry has from the beginning. */
  readonly begins?: Partial<Entry>;
}

/** Claims the place of a block and runs it, or gives what is recorded; `handed` is called with what the code is given. */
export function openBlock<Value>(
  at: BlockPlace,
  run: (block: BlockBody) => void,
  handed?: (value: Value, place: Place) => void,
): Promise<Value> {
  const { scope } = at;
  const place = claim(scope, at.kind, at.name);
  const operation = new Operation<Value>({ scope, place, kind: at.kind }, (entry) => {
    const value = scope.run.payloads.decode(entry.result ?? new Uint8Array(0)) as Value | Promise<Value>;
    if (handed === undefined) return value;
    const tell = (decoded: Value): Value => {
      handed(decoded, place);
      return decoded;
    };
    return isPromise(value) ? value.then(tell) : tell(value);
  });
  const entry = place.entry;
  const collecting = scope.run.rollingBack;
  if (entry !== null && entry.status !== "pending") {
    void operation.replay(entry);
    if (!collecting || !holdsArmed(place)) return operation.promise;
  }
  if (entry === null) scope.checkDepth(place);
  if (!collecting && entry === null) {
    scope.run.whenLive(() => {
      if (place.entry === null && !scope.closed) operation.pend(at.begins);
    });
  }
  run({
    scope,
    place,
    collecting,
    complete: (value, { change = {}, refused = change, ...rest } = {}) => {
      if (collecting) return;
      const settlement = { ephemeral: true, change: { detail: null, ...change }, ...rest };
      operation.settleWith(value, settlement, (error) =>
        operation.fail(error, { ephemeral: true, change: { detail: null, ...refused } }),
      );
    },
    fail: (error, change = {}) => {
      if (collecting) return;
      const detail = originKeys(scope.run, error, place);
      operation.fail(error, { ephemeral: true, change: { ...change, detail } });
    },
  });
  return operation.promise;
}

/** The entries that a block's failure came from, as its own entry keeps them. */
export function originKeys({ origins }: Run, error: unknown, under: Place): Uint8Array {
  return encodeKeys(originsOf(error, origins, under).map((origin) => origin.key));
}

/** Whether a step with a rollback handler stands at or below this place. */
export function holdsArmed(place: Place): boolean {
  for (const at of place.entries()) if (at.entry.armed) return true;
  return false;
}

/** Runs a function in its scope and ends the scope. Never settles when the scope is left behind. */
export async function runFunction(scope: Scope, call: (ctx: WorkflowContext) => unknown): Promise<Outcome> {
  let outcome: Outcome;
  try {
    const { run } = scope;
    const value = run.world.code.run({ owner: run, scope }, () => call(scope.context));
    const what = (): string => `the value that ${JSON.stringify(run.journal.format(scope.place))} returned`;
    outcome = { ok: true, value: await returned(value, what) };
  } catch (error) {
    outcome = { ok: false, error };
  }
  for (const departing of scope.departing) await departing.settled();
  if (scope.left) return new Promise(() => {});
  if (!scope.run.live && !scope.run.rollingBack) {
    const unasked = firstUnasked(scope.place, scope.run.asked);
    if (unasked !== undefined) {
      scope.run.diverge(divergenceAt(scope.run, unasked, "ends the block"));
      return new Promise(() => {});
    }
  }
  if (outcome.ok && !scope.run.rollingBack) {
    const error = leftUndone(scope) ?? leftUnanswered(scope);
    if (error !== null) outcome = { ok: false, error };
  }
  for (const [id, message] of scope.strand.unanswered)
    if (message.scope === scope) scope.strand.unanswered.delete(id);
  scope.end();
  return outcome;
}

/**
 * A message that the function has received and not answered, which nobody can any more. It would hold up the waits of the
 * code around the block, but not in a replay that does not enter the block again. A branch holds up its own waits only.
 */
function leftUnanswered(scope: Scope): HoldfastError | null {
  if (!scope.sharesStrand) return null;
  for (const { id, wait, scope: receiver } of scope.unanswered()) {
    if (receiver !== scope) continue;
    const block = scope.run.journal.format(scope.place);
    return new MessageUnansweredError(
      `The function of "${block}" ended while message ${id}, which "${wait}" received, has no answer yet. Call complete(response) on it first.`,
    );
  }
  return null;
}

/** What a function has forgotten that returned: a step that still runs, or a failure that nobody looked at. */
export function leftUndone(scope: Scope): HoldfastError | null {
  const { journal, workflowId } = scope.run;
  const running = [...scope.stillRunning()].map((place) => journal.format(place));
  if (running.length > 0) return new EntryInProgressError(workflowId, running);
  for (const [place, failure] of scope.unseenFailures)
    return new FailureUnawaitedError(journal.format(place), { cause: failure() });
  return null;
}
