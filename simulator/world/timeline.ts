import type { Prng } from "../random/prng.ts";

/** Tasks in a row in which nothing happens, after which everything waits for time. */
const QUIET_TASKS = 2;

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

/** More than this never happens at one instant, but to somebody who goes round in circles. */
const BUSIEST_INSTANT = 100_000;

/**
 * True time, and everything that is to happen in it.
 *
 * Owns: the order of events. Time moves only when nothing is left to do at the present instant: no microtask, no turn
 * that the engine asked for, no call of a real storage under way. An instant that does not end is the end of time.
 */
export class Timeline {
  readonly #random: Prng;
  readonly #heap: Event[] = [];
  readonly #turns: { readonly owner: Owner; readonly resume: () => void }[] = [];
  /** Work that has settled and was not told of. */
  readonly #settled: { readonly ticket: number; readonly tell: () => void }[] = [];
  #now: number;
  #order = 0;
  #tickets = 0;
  #busy = 0;
  #fired = 0;
  /** What has happened at this instant. */
  #atOnce = 0;

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

  /** Whether so much happens at this instant that time will not go on. */
  get stands(): boolean {
    return this.#atOnce > BUSIEST_INSTANT;
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

  /**
   * Real work: time stands still until it has settled. What settles at one instant is told of in the order in which it was begun,
   * however long a real storage took for each, so that all storages give the same world.
   */
  hold<T>(work: Promise<T>): Promise<T> {
    this.#busy++;
    const over = (): void => {
      this.#busy--;
    };
    work.then(over, over);
    return this.inOrder(work);
  }

  /** As `hold`, for work that waits for something in the world: time goes on. */
  inOrder<T>(work: Promise<T>): Promise<T> {
    const ticket = this.#tickets++;
    return new Promise((resolve, reject) => {
      work.then(
        (value) => this.#settled.push({ ticket, tell: () => resolve(value) }),
        (reason: unknown) => this.#settled.push({ ticket, tell: () => reject(reason) }),
      );
    });
  }

  /** Lets time pass until `done` says so, nothing is left, `end` has come, or time stands. */
  async run(end: number, done: () => boolean): Promise<void> {
    await this.#settle();
    while (!done() && !this.stands) {
      const event = pop(this.#heap);
      if (event === undefined || event.at > end) return;
      if (event.cancelled || event.owner?.alive === false) continue;
      if (event.owner !== null && event.owner.pausedUntil > event.at) {
        this.at(event.owner.pausedUntil, event.fire, event.owner);
        continue;
      }
      if (event.at > this.#now) this.#atOnce = 0;
      this.#now = Math.max(this.#now, event.at);
      this.#atOnce++;
      this.#fired++;
      event.fire();
      await this.#settle();
    }
  }

  /** Lets everything happen that needs no time. */
  async #settle(): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_TASKS && !this.stands) {
      await macrotask();
      if (this.#busy > 0) continue;
      this.#atOnce++;
      quiet = this.#tellSettled() || this.#takeTurn() ? 0 : quiet + 1;
    }
  }

  #tellSettled(): boolean {
    if (this.#settled.length === 0) return false;
    const settled = this.#settled.splice(0).sort((a, b) => a.ticket - b.ticket);
    for (const { tell } of settled) tell();
    return true;
  }

  #takeTurn(): boolean {
    if (this.#turns.length === 0) return false;
    const [turn] = this.#turns.splice(this.#random.int(this.#turns.length), 1);
    if (turn === undefined || !turn.owner.alive) return true;
    if (turn.owner.pausedUntil > this.#now) this.at(turn.owner.pausedUntil, turn.resume, turn.owner);
    else turn.resume();
    return true;
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
