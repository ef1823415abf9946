import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { StorageError, StoreClosedError } from "../model/errors/storage-errors.ts";
import type { RunRecord } from "../storage/store.ts";
import { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/** Sleeping runs that one sweep looks at. */
const BATCH = 100;
/** A sweep for every so many looks for work, but not more often than this. */
const POLLS = 60;
const SHORTEST_SWEEP_MS = 60_000;

/**
 * Owns: looking, slowly and round and round, whether what is stored of sleeping runs is sound. A run that waits for a
 * message is not read until one comes; if its row is an older one, sound in itself, none may ever come (P9, P15).
 * Does not own: what becomes of a damaged run: it is woken, and whoever claims it holds it (engine/hold.ts).
 * Invariants: a sound run is read and nothing else; a sweep reads a bounded number of runs.
 */
export class Scrub {
  readonly #session: StoreSession;
  readonly #workflowNames: ReadonlySet<string>;
  #cursor: string | null = null;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(session: StoreSession, workflowNames: readonly string[]) {
    this.#session = session;
    this.#workflowNames = new Set(workflowNames);
  }

  start(): void {
    const { settings, pollMs } = this.#session;
    const delayMs = Math.max(SHORTEST_SWEEP_MS, pollMs * POLLS);
    this.#cancel = settings.world.clock.setTimer(delayMs, () => {
      void this.#sweep().then(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  /** A look that is being taken ends by itself: it reads, and at most wakes a run. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #sweep(): Promise<void> {
    const { store, log } = this.#session;
    try {
      const query = { status: ["sleeping" as const], limit: BATCH };
      const page = await store.list(this.#cursor === null ? query : { ...query, cursor: this.#cursor });
      this.#cursor = page.nextCursor;
      for (const run of page.runs) if (!this.#stopped && this.#isMine(run)) await this.#look(run);
    } catch (error) {
      if (StoreClosedError.is(error)) this.#stopped = true;
      else log.warn("sleeping runs could not be looked at; trying again later", { error });
    }
  }

  #isMine({ workflowName, lease }: RunRecord): boolean {
    return lease === null && this.#workflowNames.has(workflowName);
  }

  async #look({ workflowId, status }: RunRecord): Promise<void> {
    const { store, log } = this.#session;
    try {
      await new RunReader(this.#session, workflowId).journal();
    } catch (error) {
      if (RunNotFoundError.is(error)) return;
      if (StoreClosedError.is(error) || (StorageError.is(error) && error.retryable)) throw error;
      log.error("what is stored of a run is damaged", { workflowId, error });
      if (!CorruptionError.is(error)) return;
      // One whose row is damaged is shown as held already, and cannot be woken.
      if (status === "sleeping") await store.request(workflowId, "wake");
    }
  }
}
