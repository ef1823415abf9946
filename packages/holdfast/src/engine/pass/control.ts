import type { Clock } from "../../model/clock.ts";
import type { Wakeup } from "../replay/wakeup.ts";
import { Patience } from "./patience.ts";

/** What somebody outside wants of a pass, strongest last. */
export type Wish = "none" | "drain" | "pause" | "evict" | "cancel";

const STRENGTH: readonly Wish[] = ["none", "drain", "pause", "evict", "cancel"];

/** Wishes about where the run is in work; the others are about the run itself. */
type Leaving = Extract<Wish, "none" | "drain" | "evict">;

function stronger<Some extends Wish>(one: Some, other: Some): Some {
  return STRENGTH.indexOf(other) > STRENGTH.indexOf(one) ? other : one;
}

/**
 * What somebody outside wants of a pass. A pass looks at it at the points where it could wait; a weaker wish never
 * replaces a stronger one.
 */
export class Control {
  /** With what the pass is at. */
  readonly patience: Patience;
  readonly #wakeup: Wakeup;
  #leaving: Leaving = "none";
  #ofTheRun: Exclude<Wish, "drain" | "evict"> = "none";
  #wish: Wish = "none";

  constructor(wakeup: Wakeup, clock: Clock) {
    this.#wakeup = wakeup;
    this.patience = new Patience(clock, () => this.#isPressing);
  }

  get wish(): Wish {
    return this.#wish;
  }

  /** Whether no new body may start. */
  get winding(): boolean {
    return this.#wish !== "none";
  }

  /** Whether the code is to be left, whatever it is at. */
  get hurried(): boolean {
    return this.#wish === "evict" || this.#wish === "cancel";
  }

  /** Whether what may never answer is waited for no longer; a drain is hurried by whoever asked for it. */
  get #isPressing(): boolean {
    return this.#wish === "pause" || this.hurried;
  }

  ask(wish: Wish): void {
    if (wish === "drain" || wish === "evict") this.#leaving = stronger<Leaving>(this.#leaving, wish);
    else this.#ofTheRun = stronger(this.#ofTheRun, wish);
    this.#wish = stronger<Wish>(this.#leaving, this.#ofTheRun);
    if (this.#isPressing) this.patience.hurry();
    this.#wakeup.notify();
  }

  /** The run is not this pass's any more: it is waited for nothing. */
  lose(): void {
    this.ask("evict");
    this.patience.cut();
  }

  /** What was wanted of the run was done, or came too late; a run that is to leave this process still is. */
  clear(): void {
    this.#ofTheRun = "none";
    this.#wish = this.#leaving;
  }
}
