import { StoreClosedError } from "../model/errors/storage-errors.ts";
import { isTerminal, RUN_STATES, type RunState, type TerminalState } from "../model/run.ts";
import type { RunRecord } from "../storage/store.ts";
import type { RetentionOptions } from "./host-options.ts";
import { storeClock } from "./store-clock.ts";
import type { StoreSession } from "./store-session.ts";
import { waitAtMost } from "./wait-at-most.ts";

/** Finished runs that one sweep looks at. */
const BATCH = 200;
/** Between two sweeps of one round. */
const SWEEP_MS = 1_000;
/** Between two rounds: a tenth of the shortest time that runs are kept, within these bounds. */
const SHORTEST_ROUND_MS = 1_000;
const LONGEST_ROUND_MS = 3_600_000;
/** After a sweep that did not delete all that it was to. */
const RETRY_MS = 60_000;
/** What a sweep holds when the host stops and it does not end within this is left to its leases. */
const GRACE_MS = 5_000;
/** A claim that arrives late takes no run that was created anew, or goes on. */
const NOT_OVER: readonly RunState[] = RUN_STATES.filter((state) => !isTerminal(state));

/**
 * Owns: deleting finished runs that were kept long enough, a bounded batch at a time, round and round.
 * Invariants: a run is deleted only while this host holds it and it has not changed since it ended, so that one which
 * is recovered or rewound meanwhile stays (P10).
 */
export class Retention {
  readonly #session: StoreSession;
  readonly #keepMs: ReadonlyMap<TerminalState, number>;
  /** The wall clock, until a claim has told the store's: one that is ahead would claim in vain in each sweep. */
  #now: () => number;
  #cursor: string | null = null;
  #cancel: (() => void) | null = null;
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(session: StoreSession, options: RetentionOptions) {
    this.#session = session;
    const { clock } = session.settings.world;
    this.#now = () => clock.now();
    const { completedMs, failedMs, cancelledMs } = options;
    const given: readonly [TerminalState, number | undefined][] = [
      ["completed", completedMs],
      ["failed", failedMs],
      ["cancelled", cancelledMs],
    ];
    this.#keepMs = new Map(given.filter((one): one is [TerminalState, number] => one[1] !== undefined));
  }

  start(): void {
    if (this.#keepMs.size > 0) this.#later(SWEEP_MS);
  }

  /** Resolves when no sweep is at work, or a storage that does not answer has had its time. */
  async stop(): Promise<void> {
    const { clock } = this.#session.settings.world;
    this.#stopped = true;
    this.#cancel?.();
    await waitAtMost(clock, GRACE_MS, this.#sweeping);
  }

  #later(ms: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#session.settings.world.clock.setTimer(ms, () => {
      this.#sweeping = this.#sweep();
    });
  }

  async #sweep(): Promise<void> {
    try {
      const failures = await this.#sweepPage();
      if (failures.length > 0) this.#failed(failures[0], failures.length);
      else this.#later(this.#cursor === null ? this.#roundMs : SWEEP_MS);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown, runs?: number): void {
    if (StoreClosedError.is(error)) return;
    const count = runs === undefined ? {} : { runs };
    this.#session.log.warn("old runs could not be deleted; trying again later", { ...count, error });
    this.#later(RETRY_MS);
  }

  get #roundMs(): number {
    const shortest = Math.min(...this.#keepMs.values());
    return Math.min(Math.max(shortest / 10, SHORTEST_ROUND_MS), LONGEST_ROUND_MS);
  }

  /** @returns why runs of the page could not be deleted: they hold up no others */
  async #sweepPage(): Promise<readonly unknown[]> {
    const { store } = this.#session;
    const now = this.#now();
    const query = { status: [...this.#keepMs.keys()], limit: BATCH };
    const page = await store.list(this.#cursor === null ? query : { ...query, cursor: this.#cursor });
    const old = page.runs.filter((run) => this.#isOld(run, now));
    const deletions = await Promise.allSettled(old.map((run) => this.#delete(run)));
    this.#cursor = page.nextCursor;
    return deletions.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  }

  #isOld({ status, updatedAt }: RunRecord, now: number): boolean {
    const keepMs = isTerminal(status) ? this.#keepMs.get(status) : undefined;
    return keepMs !== undefined && updatedAt + keepMs <= now;
  }

  async #delete(record: RunRecord): Promise<void> {
    const { store, owner, leaseMs, settings } = this.#session;
    const { workflowId, revision, epoch } = record;
    const run = { workflowId, force: false, unless: NOT_OVER };
    const request = { owner, leaseMs, limit: 1, workflowNames: null, run };
    const { claims, storeTime } = await store.claim(request);
    this.#now = storeClock(settings.world.clock, storeTime);
    const claim = claims[0];
    if (claim === undefined) return;
    const now = claim.storeTime;
    // One that was created anew under this id may have ended at the same revision.
    const same = claim.epoch === epoch + 1 && claim.revision === revision;
    if (same && this.#isOld(record, now)) await store.delete(workflowId, claim.epoch);
    else await store.release(claim);
  }
}
