import { newEntry } from "../../history/entry.ts";
import { SegmentType } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import type { Scope } from "./scope.ts";

/** Where a loop stands. */
export interface LoopProgress {
  readonly iteration: number;
  /** Payload of the state that the iteration begins with. */
  readonly state: Uint8Array;
  /** Logical time at which it begins. */
  readonly time: number;
  /** The number of the completion in whose turn it begins. */
  readonly turn: number;
  /** Whether a rollback checkpoint was passed before. */
  readonly checkpointed: boolean;
}

/**
 * Owns: what a loop keeps of its past: the recorded progress, pruning, the start states of armed iterations.
 * Invariants: pruning removes nothing outside the loop, and no iteration that holds an armed handler (I24, I27); work
 * per iteration is constant on average (P14).
 */
export class LoopHistory {
  readonly #scope: Scope;
  readonly #place: Place;
  readonly #historySize: number;
  readonly #armed: NonNullable<Scope["loopArmed"]>;
  /** Iterations before this one are pruned, or kept for ever. */
  #prunedTo: number;

  constructor(scope: Scope, place: Place, options: { historySize: number }) {
    this.#scope = scope;
    this.#place = place;
    this.#historySize = options.historySize;
    this.#armed = { loop: place, count: 0 };
    let oldest = place.entry?.count ?? 0;
    for (const child of place.children) {
      const { segment } = child;
      if (segment?.type !== SegmentType.iteration) continue;
      if (child.entry === null) oldest = Math.min(oldest, segment.value);
      for (const at of child.entries()) if (at.entry.armed) this.#armed.count += 1;
    }
    this.#prunedTo = oldest;
  }

  /** The iterations that hold armed handlers, oldest first. */
  static armed(place: Place): readonly LoopProgress[] {
    const found: LoopProgress[] = [];
    for (const child of place.children) {
      if (child.segment?.type !== SegmentType.iteration || child.entry === null) continue;
      const { extra, settledAt: time, beganIn: turn, checkpointed } = child.entry;
      const state = extra ?? new Uint8Array(0);
      found.push({ iteration: child.segment.value, state, time, turn, checkpointed });
    }
    return found.sort((a, b) => a.iteration - b.iteration);
  }

  /** Stores the iteration's start state with the first step in it that arms a handler (ARCHITECTURE 5). */
  watch(scope: Scope, progress: LoopProgress): void {
    const { run } = this.#scope;
    scope.loopArmed = this.#armed;
    scope.onArmed = () => {
      this.#armed.count += 1;
      if (this.#armed.count === Math.ceil(run.limits.armedHandlers / 10)) {
        run.report.warn(
          "a loop holds a tenth of the rollback handlers it may; they keep it from being pruned",
          {
            loop: run.journal.format(this.#place),
          },
        );
      }
      if (scope.place.entry !== null) return;
      const entry = newEntry("iteration", run.stamp(), run.journal.sequence);
      const { state, time, turn, checkpointed } = progress;
      const began = { extra: state, settledAt: time, beganIn: turn, checkpointed };
      run.journal.write(scope.place, { ...entry, ...began });
    };
  }

  /** Records where the loop stands and drops what is too old. */
  advance(progress: LoopProgress): void {
    this.record(progress);
    this.prune(progress.iteration);
  }

  /** Records where the loop stands. */
  record(progress: LoopProgress): void {
    const { run } = this.#scope;
    const entry = this.#place.entry ?? newEntry("loop", run.stamp(), run.journal.sequence);
    run.journal.write(this.#place, {
      ...entry,
      count: progress.iteration,
      extra: progress.state,
      settledAt: progress.time,
      beganIn: progress.turn,
      checkpointed: progress.checkpointed,
    });
  }

  /** Drops the iterations that are more than `historySize` before `next`. */
  prune(next: number): void {
    const to = next - this.#historySize;
    let from = this.#prunedTo;
    for (let iteration = from; iteration < to; iteration++) {
      if ((this.#place.existing(SegmentType.iteration, iteration)?.entry ?? null) === null) continue;
      this.#scope.run.journal.removeIterations(this.#place, from, iteration);
      from = iteration + 1;
    }
    if (from < to) this.#scope.run.journal.removeIterations(this.#place, from, to);
    this.#prunedTo = Math.max(this.#prunedTo, to);
  }
}
