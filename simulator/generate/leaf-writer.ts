import type { Statement, StepStatement } from "../program/program.ts";
import type { Room } from "./room.ts";
import type { Writing } from "./writing.ts";

/** Statements that hold no others. */
export const LEAVES = [
  "step",
  "sleep",
  "sleep-until",
  "next",
  "batch",
  "listen",
  "send",
  "checkpoint",
  "removed",
  "draw",
] as const;

export type LeafKind = (typeof LEAVES)[number];

const REMOVABLE = ["step", "loop", "sleep", "message", "join", "race", "map", "try", "send"];
/** Bodies that run more often than this take little time. */
const OFTEN = 5;

/** Writes statements that hold no others. */
export class LeafWriter {
  readonly #writing: Writing;

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  write(kind: LeafKind, room: Room): Statement {
    const writing = this.#writing;
    const { waits, steps, prng } = writing;
    switch (kind) {
      case "step":
        return steps.step(writing.name(room, "step"), this.#wish(room));
      case "sleep":
        return waits.sleep(room, writing.name(room, "sleep"));
      case "sleep-until":
        return waits.sleepUntil(room, writing.name(room, "until"));
      case "next":
        return waits.next(room, writing.name(room, "next"));
      case "batch":
        return waits.batch(room, writing.name(room, "batch"));
      case "listen":
        return waits.listen(room, writing.name(room, "listen"));
      case "send":
        return waits.send(steps.value());
      case "checkpoint":
        room.armed = true;
        return { kind, name: writing.name(room, "checkpoint") };
      case "removed":
        return waits.removed(writing.name(room, "removed"), prng.pick(REMOVABLE));
      case "draw":
        return { kind };
    }
  }

  /** A step that fails for good. */
  failure(room: Room): StepStatement {
    const { steps } = this.#writing;
    return steps.step(this.#writing.name(room, "fails"), { ...this.#wish(room), armed: false, fails: true });
  }

  #wish(room: Room): { readonly armed: boolean; readonly quick: boolean } {
    const tooEarly = this.#writing.sometimes("refusals", 0.02);
    return { armed: room.armed || tooEarly, quick: room.repeats > OFTEN };
  }
}
