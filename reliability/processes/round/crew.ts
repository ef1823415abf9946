import type { Child } from "./child.ts";
import type { MemberOptions, Round } from "./round.ts";

/** A member that fails so often before it is ready is not started any more. */
const STARTS_TRIED = 5;

/** A process that ended by itself, as it should not have. */
export interface Death {
  readonly name: string;
  readonly code: number | null;
  /** The end of what it said on its standard error. */
  readonly complaint: string;
}

/** A place in a crew, and who is in it now. */
interface Place {
  readonly name: string;
  options: MemberOptions;
  child: Child;
  starts: number;
  /** Starts in a row that did not get as far as being ready. */
  stillborn: number;
  finished: boolean;
}

/** Processes that are started again whenever they end; senders, until they have done all that they had to. */
export class Crew {
  /** Resolves when all senders have seen the ends of all runs. */
  readonly done: Promise<void>;
  /** Resolves when somebody cannot be started at all. */
  readonly broken: Promise<void>;
  /** Ends with an exit code that neither a drain nor the end of the work explains. */
  readonly deaths: Death[] = [];
  readonly #round: Round;
  readonly #places: Map<string, Place> = new Map();
  #finish: () => void = () => {};
  #breakUp: () => void = () => {};
  #resting = false;

  constructor(round: Round, members: readonly MemberOptions[]) {
    this.#round = round;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.broken = new Promise((resolve) => {
      this.#breakUp = resolve;
    });
    for (const options of members) {
      const { name } = options;
      const child = this.#spawn(options, 0);
      const place: Place = { name, options, child, starts: 1, stillborn: 0, finished: false };
      this.#places.set(name, place);
      this.#watch(place);
    }
  }

  /** Who is in a place now. */
  member(name: string): Child {
    return this.#place(name).child;
  }

  /** Everybody who has not ended, in work or not yet. */
  get alive(): Child[] {
    return [...this.#places.values()].map(({ child }) => child).filter((child) => child.alive);
  }

  /** From its next start on a member is another one. */
  change(name: string, options: Partial<MemberOptions>): void {
    const place = this.#place(name);
    place.options = { ...place.options, ...options };
  }

  /** Kills all; nobody is started until `again` is called. */
  async rest(): Promise<{ readonly again: () => void }> {
    this.#resting = true;
    const alive = this.alive;
    for (const child of alive) child.signal("SIGKILL");
    await Promise.all(alive.map((child) => child.ended));
    return {
      again: () => {
        this.#resting = false;
        for (const place of this.#places.values()) if (!place.finished) this.#restart(place);
      },
    };
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`Nobody here is called "${name}".`);
    return place;
  }

  #spawn(options: MemberOptions, starts: number): Child {
    return this.#round.spawn({ ...options, name: `${options.name}.${starts}` });
  }

  #restart(place: Place): void {
    place.child = this.#spawn({ ...place.options, failpoint: null }, place.starts);
    place.starts += 1;
    this.#watch(place);
  }

  #watch(place: Place): void {
    const { child } = place;
    void child.ended.then(({ code }) => {
      if (place.options.send && code === 0) {
        place.finished = true;
        if ([...this.#places.values()].every(({ options, finished }) => !options.send || finished))
          this.#finish();
        return;
      }
      if (code !== null && code !== 0) this.#mourn(place, code);
      if (!this.#resting && place.stillborn < STARTS_TRIED) this.#restart(place);
    });
    void child.ready.then((ready) => {
      if (ready) place.stillborn = 0;
    });
  }

  #mourn(place: Place, code: number): void {
    this.deaths.push({ name: place.name, code, complaint: place.child.complaint });
    place.stillborn += 1;
    if (place.stillborn === STARTS_TRIED) this.#breakUp();
  }
}
