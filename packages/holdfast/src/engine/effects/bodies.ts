import type { Place } from "../../history/place.ts";

/** A step body that wants to start. */
export interface BodyRequest {
  readonly place: Place;
  readonly scope: { readonly closed: boolean };
  /** Writes what must be durable before the body starts. */
  readonly prepare: () => void;
  readonly start: () => void;
  /** Takes back what `prepare` wrote: the body is not going to start. */
  readonly retract: () => void;
}

/** A body that was started, until what it has come to is recorded or its scope is left. */
export interface StartedBody {
  /** What it is given is being decoded; it runs; what it has come to is being validated or encoded. */
  phase: "preparing" | "running" | "recording";
}

/**
 * Owns: which step bodies wait to be started, which were, and whether what one has come to is not recorded yet.
 * Does not own: when they start: after the commit, by the pass (ARCHITECTURE 3).
 */
export class Bodies {
  #waiting: BodyRequest[] = [];
  readonly #started: Set<StartedBody> = new Set();

  request(body: BodyRequest): void {
    this.#waiting.push(body);
  }

  /** Bodies that wait, in the order in which they were asked for; those of scopes that were left are gone. */
  get waiting(): readonly BodyRequest[] {
    if (this.#waiting.some((body) => body.scope.closed)) {
      this.#waiting = this.#waiting.filter((body) => !body.scope.closed);
    }
    return this.#waiting;
  }

  /** Takes those that wait now; what is asked for later waits for the next commit. */
  take(): readonly BodyRequest[] {
    const taken = this.waiting;
    this.#waiting = [];
    return taken;
  }

  /** Puts back what was taken and is not going to start now. */
  putBack(bodies: readonly BodyRequest[]): void {
    this.#waiting = [...bodies, ...this.#waiting];
  }

  /** How many were started and have not ended. */
  get running(): number {
    return this.#started.size;
  }

  /** Whether a body has ended whose result is still being validated or encoded. */
  get recording(): boolean {
    for (const { phase } of this.#started) if (phase === "recording") return true;
    return false;
  }

  /** Whether bodies were started, and none of them is at work itself. */
  get onlyConverted(): boolean {
    for (const { phase } of this.#started) if (phase === "running") return false;
    return this.#started.size > 0;
  }

  started(): StartedBody {
    const body: StartedBody = { phase: "preparing" };
    this.#started.add(body);
    return body;
  }

  /** It runs from now on; false when it is not to: it was left meanwhile. */
  begin(body: StartedBody): boolean {
    if (!this.#started.has(body)) return false;
    body.phase = "running";
    return true;
  }

  ended(body: StartedBody): void {
    this.#started.delete(body);
  }

  /** Those that have not begun do not begin any more. */
  leaveUnbegun(): void {
    for (const body of [...this.#started]) if (body.phase === "preparing") this.#started.delete(body);
  }
}
