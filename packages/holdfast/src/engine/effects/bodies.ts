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

/**
 * Owns: which step bodies wait to be started, how many run, and whether what one has come to is not recorded yet.
 * Does not own: when they start: after the commit, by the pass (ARCHITECTURE 3).
 */
export class Bodies {
  #waiting: BodyRequest[] = [];
  #running = 0;
  #recording = 0;

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

  get running(): number {
    return this.#running;
  }

  /** Whether a body has ended whose result is still being validated or encoded. */
  get recording(): boolean {
    return this.#recording > 0;
  }

  /** Whether all that run have ended, and are only to be recorded. */
  get onlyRecorded(): boolean {
    return this.#running > 0 && this.#running === this.#recording;
  }

  /** A body has ended. */
  beginRecording(): void {
    this.#recording += 1;
  }

  /** What it has come to is recorded, or cannot be. */
  endRecording(): void {
    this.#recording -= 1;
  }

  /** A body has started; the returned function says once that it has ended. */
  started(): () => void {
    this.#running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running -= 1;
    };
  }
}
