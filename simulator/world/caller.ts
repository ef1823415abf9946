import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";
import type { ApiCall, CallOutcome } from "../evidence/fact.ts";
import { canonicalText } from "../program/canonical.ts";
import type { Desk } from "./desk.ts";
import type { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/** Numbers of the calls and watchers of one world. */
export class CallNumbers {
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}

/** Calls the public API as some process, and tells of each call and of how it ended. */
export class Caller {
  readonly process: SimProcess;
  readonly #world: World;
  readonly #client: Desk;
  readonly #numbers: CallNumbers;

  constructor(world: World, options: { process: SimProcess; client: Desk; numbers: CallNumbers }) {
    this.#world = world;
    this.process = options.process;
    this.#client = options.client;
    this.#numbers = options.numbers;
  }

  /** How the call ended; never settles when its process dies first. */
  async call(run: string, what: ApiCall, act: (client: Desk) => Promise<unknown>): Promise<CallOutcome> {
    const call = this.#numbers.next();
    const { process } = this;
    this.#world.record(process, { type: "called", call, run, what });
    const outcome = await act(this.#client).then(succeeded, failed);
    if (!process.alive) return new Promise(() => {});
    this.#world.record(process, { type: "call-ended", call, run, what, outcome });
    return outcome;
  }

  /** Watches until the run ends or `snapshots` have come. */
  async watch(run: string, snapshots: number): Promise<void> {
    const watcher = this.#numbers.next();
    let left = snapshots;
    try {
      for await (const { revision, status, entries } of this.#client.handle(run).watch()) {
        const seen = entries.map(({ id, status: entry, sequence }) => ({ id, status: entry, sequence }));
        this.#world.record(this.process, { type: "watched", watcher, run, revision, status, entries: seen });
        if (--left <= 0) return;
      }
    } catch (error) {
      if (!HoldfastError.is(error)) throw error;
    }
  }
}

function succeeded(value: unknown): CallOutcome {
  return { ok: true, value: canonicalText(value) };
}

function failed(error: unknown): CallOutcome {
  return { ok: false, code: HoldfastError.is(error) ? error.code : "other", error: canonicalText(error) };
}
