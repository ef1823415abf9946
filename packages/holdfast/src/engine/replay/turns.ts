import { Heap } from "./heap.ts";

/**
 * Owns: which completion is handed to workflow code next.
 * Does not own: when (forward.ts, rollback.ts), what completions do (operation.ts).
 * Invariants: completions come in the order of their numbers, and a new one gets a number above all that were handed
 * over before it, so live and replayed runs hand over the same in the same order (P5); an offer gets its number when
 * nothing that has one is left, and none when nobody takes it (I2); one completion is one turn.
 */

/** What begins again in the turn of a completion. */
const BEGINNINGS = 1;
/** What is answered in the turn of another completion comes behind what begins again in it, in the order of its own number. */
const ANSWERS = 2 ** 40;
/** What a deploy changed in a turn comes last: older code went on past all answers of the turn before that. */
const CHANGES = 2 ** 41;

/** A result that is ready to be handed over. */
export interface Completion {
  readonly sequence: number;
  /** Of what else there is in the turn of that number: behind the completion, in this order. @default the completion itself */
  readonly order?: number;
  /** Of those of one order: as they were lined up. */
  readonly lined?: number;
  /** A scope that was left behind gets nothing more. */
  readonly scope: { readonly closed: boolean };
  /** Hands the result over; a promise when it must be decoded first. */
  readonly deliver: () => void | Promise<void>;
}

/** When a replay had come to its end. */
export interface Moment {
  /** The number of the last completion that had been handed over. */
  readonly turn: number;
  /** The last number that there was. */
  readonly known: number;
}

/** Something that is there for an operation, and that others may have if its scope is left first. */
export interface Offer {
  readonly scope: { readonly closed: boolean };
  /** Records it, since it is handed over now. */
  readonly accept: () => Completion | null;
}

export class Turns {
  readonly #ready: Heap<Completion> = new Heap(
    (completion) => completion.sequence,
    (completion) => completion.order ?? 0,
    (completion) => completion.lined ?? 0,
  );
  #lined = 0;
  /** In the order in which they were made. */
  readonly #offers: Heap<Offer & { readonly order: number }> = new Heap((offer) => offer.order);
  #offered = 0;
  /** The number of the last completion that was handed over. */
  current = 0;
  /** Whether workflow code may be running: between a completion and the end of what it set going. */
  open = false;

  /** Whether there is anything to hand over. */
  get waiting(): boolean {
    return this.#ready.size > 0 || this.#offers.size > 0;
  }

  /** The number of what is ready to be handed over next; null when nothing is. */
  get ahead(): number | null {
    for (let ready = this.#ready.peek(); ready !== undefined; ready = this.#ready.peek()) {
      if (!ready.scope.closed) return ready.sequence;
      this.#ready.pop();
    }
    return null;
  }

  /** Lines up a completion, recorded or new. */
  add(completion: Completion): void {
    this.#ready.push(completion);
  }

  /** Lines up a completion in the turn of an earlier one, behind those with lower numbers that are there too. */
  addIn(turn: number, completion: Completion): void {
    if (turn === completion.sequence) this.add(completion);
    else this.#addBehind(turn, ANSWERS + completion.sequence, completion);
  }

  /** Lines up what began in the turn of this number, so that it does not begin sooner in a replay that starts there. */
  beginIn(turn: number, scope: Completion["scope"], begin: () => void): void {
    this.#addBehind(turn, BEGINNINGS, { scope, deliver: begin });
  }

  /** Lines up what a deploy changed in the turn of this number, when the run had come to the number `known`. */
  changeIn({ turn, known }: Moment, scope: Completion["scope"], change: () => void): void {
    this.#addBehind(turn, CHANGES + known, { scope, deliver: change });
  }

  #addBehind(turn: number, order: number, { scope, deliver }: Pick<Completion, "scope" | "deliver">): void {
    this.#lined += 1;
    this.add({ sequence: turn, order, lined: this.#lined, scope, deliver });
  }

  /** Lines up what is recorded when it is handed over, behind all completions. */
  offer(offer: Offer): void {
    this.#offered += 1;
    this.#offers.push({ ...offer, order: this.#offered });
  }

  /** The next completion to hand over, if there is one; takes it out. */
  next(): Completion | undefined {
    for (let ready = this.#ready.pop(); ready !== undefined; ready = this.#ready.pop()) {
      if (!ready.scope.closed) return ready;
    }
    for (let offer = this.#offers.pop(); offer !== undefined; offer = this.#offers.pop()) {
      const accepted = offer.scope.closed ? null : offer.accept();
      if (accepted !== null) return accepted;
    }
    return undefined;
  }
}
