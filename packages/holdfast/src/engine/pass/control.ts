import type { Wakeup } from "../replay/wakeup.ts";

/** What somebody outside wants of a pass, strongest last. */
export type Wish = "none" | "drain" | "pause" | "evict" | "cancel";

const STRENGTH: readonly Wish[] = ["none", "drain", "pause", "evict", "cancel"];

/**
 * What somebody outside wants of a pass. A pass looks at it at the points where it could wait; a weaker wish never
 * replaces a stronger one.
 */
export class Control {
  readonly #wakeup: Wakeup;
  #wish: Wish = "none";

  constructor(wakeup: Wakeup) {
    this.#wakeup = wakeup;
  }

  get wish(): Wish {
    return this.#wish;
  }

  /** Whether no new body may start. */
  get winding(): boolean {
    return this.#wish !== "none";
  }

  ask(wish: Wish): void {
    if (STRENGTH.indexOf(wish) > STRENGTH.indexOf(this.#wish)) this.#wish = wish;
    this.#wakeup.notify();
  }

  /** The wish was met, or came too late. */
  clear(): void {
    this.#wish = "none";
  }
}
