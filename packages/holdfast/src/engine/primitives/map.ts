import { SegmentType } from "../../history/location.ts";
import { checkFunction, checkInteger } from "../../model/check.ts";
import { DEFAULT_MAP_CONCURRENCY, type MapOptions, type WorkflowContext } from "../../model/context.ts";
import { MAP_OPTIONS } from "../../model/context-option-names.ts";
import { describe, describeName } from "../../model/describe.ts";
import { InvalidArgumentError, LimitError } from "../../model/errors/argument-errors.ts";
import { MapError } from "../../model/errors/block-errors.ts";
import { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import { BranchAbandonedError } from "../../model/errors/run-errors.ts";
import { checkOptions } from "../../model/option-names.ts";
import { isRecorded } from "../replay/admitted.ts";
import { type BlockBody, type Outcome, openBlock, runFunction } from "../replay/block.ts";
import type { Scope } from "../replay/scope.ts";
import { firstWidth, MapPace } from "./map-pace.ts";

/** What a map works on. */
interface MapPlan {
  readonly name: string;
  readonly items: readonly unknown[];
  readonly run: (ctx: WorkflowContext, item: never, index: number) => unknown;
  readonly concurrency: number;
  /** Finish with so many successes; the number of items when all are wanted. */
  readonly minSuccessful: number | undefined;
  /** Undefined: none, or as many as `minSuccessful` leaves room for; never more than those. */
  readonly toleratedFailures: number | undefined;
}

/** Bounded fan-out with a completion policy; results in item order. */
export function map<Value>(
  scope: Scope,
  name: string,
  items: readonly unknown[],
  rest: { run: MapPlan["run"]; options: MapOptions | undefined },
): Promise<Value[]> {
  const plan = mapPlan(scope, name, items, rest);
  const begins = { count: plan.items.length, extra: firstWidth(scope.run, plan.concurrency) };
  return openBlock<Value[]>({ scope, kind: "map", name, begins }, (block) => {
    if (!sameItems(block, plan)) return;
    new MapWork(block, plan).fill();
  });
}

/** The items of a map that was begun must be as many as before: they are told apart by their index. */
function sameItems(block: BlockBody, plan: MapPlan): boolean {
  const { run } = block.scope;
  const recorded = block.place.entry;
  if (recorded === null || recorded.count === plan.items.length || block.collecting) return true;
  const location = run.journal.format(block.place);
  const told = { location, recorded: `a map of ${recorded.count} items`, asked: `maps ${plan.items.length}` };
  run.diverge(new HistoryDivergedError(run.workflowId, told));
  return false;
}

/** A map at work: starts items as others end, and ends itself when its policy is met or missed. */
class MapWork {
  readonly #block: BlockBody;
  readonly #plan: MapPlan;
  readonly #values: unknown[];
  readonly #errors: { index: number; error: unknown }[] = [];
  readonly #open: Set<Scope> = new Set();
  readonly #pace: MapPace;
  #next = 0;
  #succeeded = 0;
  #decided = false;

  constructor(block: BlockBody, plan: MapPlan) {
    this.#block = block;
    this.#plan = plan;
    this.#values = new Array(plan.items.length).fill(undefined);
    this.#pace = new MapPace(block, plan.concurrency, () => this.fill());
  }

  fill(): void {
    if (this.#decided || this.#block.scope.closed) return;
    this.#decide();
    while (!this.#decided && this.#open.size < this.#pace.items && this.#next < this.#plan.items.length) {
      this.#begin(this.#next);
      this.#next += 1;
    }
  }

  #begin(index: number): void {
    const place = this.#block.place.child({ type: SegmentType.item, value: index });
    const scope = this.#block.scope.open(place, true);
    this.#open.add(scope);
    const item = this.#plan.items[index] as never;
    void runFunction(scope, (ctx) => this.#plan.run(ctx, item, index)).then((outcome) => {
      this.#open.delete(scope);
      if (!this.#decided) this.#ended(index, outcome);
    });
  }

  #ended(index: number, outcome: Outcome): void {
    if (outcome.ok) {
      this.#succeeded += 1;
      this.#values[index] = outcome.value;
    } else {
      this.#errors.push({ index, error: outcome.error });
    }
    this.fill();
  }

  #decide(): void {
    const { minSuccessful, toleratedFailures, items, name } = this.#plan;
    const ended = this.#succeeded + this.#errors.length;
    const possible = items.length - (minSuccessful ?? 0);
    const tolerated = toleratedFailures ?? (minSuccessful === undefined ? 0 : possible);
    const change = { count: items.length, extra: this.#block.place.entry?.extra ?? null };
    if (minSuccessful !== undefined && this.#succeeded >= minSuccessful) {
      this.#finish(() => this.#block.complete(this.#values, { change }));
    } else if (this.#errors.length > Math.min(tolerated, possible)) {
      const isPossible = this.#errors.length <= possible;
      const policy = isPossible ? `at most ${tolerated} failures` : `at least ${minSuccessful} successes`;
      this.#errors.sort((a, b) => a.index - b.index);
      this.#finish(() => this.#block.fail(new MapError(name, this.#errors, this.#succeeded, policy), change));
    } else if (ended === items.length) {
      this.#finish(() => this.#block.complete(this.#values, { change }));
    }
  }

  #finish(settle: () => void): void {
    if (this.#block.collecting) return;
    this.#decided = true;
    const reason = new BranchAbandonedError(`Map "${this.#plan.name}" ended before this item did.`);
    for (const scope of this.#open) scope.close(reason);
    settle();
  }
}

/** @throws InvalidArgumentError, LimitError */
function mapPlan(
  scope: Scope,
  name: string,
  items: readonly unknown[],
  { run, options = {} }: { run: MapPlan["run"]; options: MapOptions | undefined },
): MapPlan {
  const where = `Map ${describeName(name)}`;
  if (!Array.isArray(items))
    throw new InvalidArgumentError(`${where}: items must be an array; got ${describe(items)}.`);
  const maximum = scope.run.limits.mapItems;
  if (items.length > maximum && !isRecorded(scope, name)) {
    const remedy = "Loop over slices of the items, or raise the limit.";
    throw new LimitError({ limit: "mapItems", maximum, actual: items.length, where, remedy });
  }
  checkFunction(run, `${where}: run`);
  checkOptions(options, `The options of map ${describeName(name)}`, MAP_OPTIONS);
  const { concurrency = DEFAULT_MAP_CONCURRENCY, minSuccessful, toleratedFailures } = options;
  if (concurrency !== Number.POSITIVE_INFINITY) {
    checkInteger(concurrency, `${where}: concurrency`, { from: 1, to: Number.MAX_SAFE_INTEGER });
  }
  if (minSuccessful !== undefined)
    checkInteger(minSuccessful, `${where}: minSuccessful`, { from: 0, to: items.length });
  if (toleratedFailures !== undefined) {
    checkInteger(toleratedFailures, `${where}: toleratedFailures`, { from: 0, to: Number.MAX_SAFE_INTEGER });
  }
  return { name, items: [...items], run, concurrency, minSuccessful, toleratedFailures };
}
