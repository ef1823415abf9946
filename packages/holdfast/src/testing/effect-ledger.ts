import type { RecordedHistory } from "./recorded-history.ts";

/** Something that a run did in the world. */
export interface Effect {
  readonly kind: "body" | "handler";
  /** The step's location. */
  readonly location: string;
  readonly attempt: number;
  /** How it ended; `started` while it has not, or when its process died. */
  outcome: "started" | "ok" | "failed";
}

/**
 * The record of what bodies and handlers did, kept outside the storage: it survives every crash. Each start is checked
 * against what was committed by then.
 */
export class EffectLedger {
  readonly effects: Effect[] = [];
  /** What contradicts the promises, in words. */
  readonly problems: string[] = [];
  readonly #history: RecordedHistory;

  constructor(history: RecordedHistory) {
    this.#history = history;
  }

  /** A body starts; call the result when it ends. */
  bodyStarts(location: string, attempt: number): (outcome: "ok" | "failed") => void {
    const committed = this.#history.step(location);
    if (committed !== undefined) {
      this.problems.push(
        `P1: the body of "${location}" started again (attempt ${attempt}) though its result is committed`,
      );
    }
    return this.#starts({ kind: "body", location, attempt, outcome: "started" });
  }

  /** A handler starts; call the result when it ends. */
  handlerStarts(location: string, attempt: number): (outcome: "ok" | "failed") => void {
    const committed = this.#history.step(location);
    if (committed === undefined)
      this.problems.push(`P12: the handler of "${location}" started, but its step is not committed`);
    else if (committed.compensation?.done) {
      this.problems.push(
        `P12: the handler of "${location}" started again though its completion is committed`,
      );
    }
    for (const { location: other, entry } of this.#history.steps) {
      const later = committed !== undefined && entry.sequence > committed.sequence;
      if (later && entry.armed && entry.compensation?.done !== true) {
        this.problems.push(
          `P12: the handler of "${location}" started before that of "${other}", which was committed later`,
        );
      }
    }
    return this.#starts({ kind: "handler", location, attempt, outcome: "started" });
  }

  #starts(effect: Effect): (outcome: "ok" | "failed") => void {
    this.effects.push(effect);
    return (outcome) => {
      effect.outcome = outcome;
    };
  }

  /** How often each attempt was started. */
  starts(): ReadonlyMap<string, number> {
    const starts = new Map<string, number>();
    for (const { kind, location, attempt } of this.effects) {
      const id = `${kind} of "${location}", attempt ${attempt}`;
      starts.set(id, (starts.get(id) ?? 0) + 1);
    }
    return starts;
  }

  /** The attempts that ran, each once, in the order of their first start. */
  get attempts(): readonly string[] {
    return [...this.starts().keys()];
  }
}
