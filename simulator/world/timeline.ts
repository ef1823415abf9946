import type { Prng } from "../random/prng.ts";

/** Something to which events belong: nothing happens to a dead one any more, and to a paused one only later. */
export interface Owner {
  readonly alive: boolean;
  /** True time until which nothing of it runs. */
  readonly pausedUntil: number;
}

interface Event {
  readonly at: number;
  /** Events of one instant come in an order that is drawn, as they would from a network. */
  readonly tie: number;
  readonly order: number;
  readonly owner: Owner | null;
  readonly fire: () => void;
  cancelled: boolean;
}

/**
 * True time, and everything that is to happen in it.
 *
 * Owns: the order of events. Time moves only when nothing is left to do at the present instant: no microtask, no turn
 * that the engine asked for, no call of a real storage under way.
 */
export class Timeline {
  readonly #random: Prng;
  readonly #heap: Event[] = [];
  readonly #turns: { readonly owner: Owner; readonly resume: () => void }[] = [];
  #now: number;
  #order = 0;
  #busy = 0;
  #fired = 0;

  constructor(start: number, random: Prng) {
    this.#now = start;
    this.#random = random;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Events that have happened. */
  get fired(): number {
    return this.#fired;
  }

  /** Calls `fire` at an instant, in whole milliseconds; the result takes it back. */
  at(instant: number, fire: () => void, owner: Owner | null = null): () => void {
    const at = Math.max(this.#now, Math.ceil(instant));
    const event: Event = {
      at,
      tie: this.#random.next(),
      order: this.#order++,
      owner,
      fire,
      cancelled: false,
    };
    push(this.#heap, event);
    return () => {
      event.cancelled = true;
    };
  }

  after(ms: number, fire: () => void, owner: Owner | null = null): () => void {
    return this.at(this.#now + ms, fire, owner);
  }

  /** A promise of the world's own, not of a process. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** The engine wants to go on after all microtasks. */
  turn(owner: Owner, resume: () => void): void {
    this.#turns.push({ owner, resume });
  }

  /** Time stands still until the real work has settled. */
  hold<T>(work: Promise<T>): Promise<T> {
    this.#busy++;
    const done = (): void => {
      this.#busy--;
    };
    work.then(done, done);
    return work;
  }

  /** Lets time pass until `done` says so, nothing is left, or `end` has come. */
  async run(end: number, done: () => boolean): Promise<void> {
    await this.#settle();
    while (!done()) {
      const event = pop(this.#heap);
      if (event === undefined || event.at > end) return;
      if (event.cancelled || event.owner?.alive === false) continue;
      if (event.owner !== null && event.owner.pausedUntil > event.at) {
        this.at(event.owner.pausedUntil, event.fire, event.owner);
        continue;
      }
      this.#now = Math.max(this.#now, event.at);
      this.#fired++;
      event.fire();
      await this.#settle();
    }
  }

  /** Lets everything happen that needs no time. */
  async #settle(): Promise<void> {
    do {
      await macrotask();
      this.#takeTurn();
    } while (this.#busy > 0 || this.#turns.length > 0);
    await macrotask();
    if (this.#busy > 0 || this.#turns.length > 0) await this.#settle();
  }

  #takeTurn(): void {
    if (this.#turns.length === 0) return;
    const [turn] = this.#turns.splice(this.#random.int(this.#turns.length), 1);
    if (turn === undefined || !turn.owner.alive) return;
    if (turn.owner.pausedUntil > this.#now) this.at(turn.owner.pausedUntil, turn.resume, turn.owner);
    else turn.resume();
  }
}

const { setImmediate: immediately } = globalThis;

function macrotask(): Promise<void> {
  return new Promise((resolve) => void immediately(resolve));
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && (a.tie < b.tie || (a.tie === b.tie && a.order < b.order)));
}

function push(heap: Event[], event: Event): void {
  let place = heap.push(event) - 1;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!before(event, heap[parent] as Event)) break;
    heap[place] = heap[parent] as Event;
    place = parent;
  }
  heap[place] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child++;
    if (!before(heap[child] as Event, last)) break;
    heap[place] = heap[child] as Event;
    place = child;
  }
  heap[place] = last;
  return first;
}
