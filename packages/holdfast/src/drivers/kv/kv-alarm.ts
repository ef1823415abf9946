import { isTerminal } from "../../model/run.ts";
import { keepsClaim } from "../../storage/due.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { writing } from "./namespace-calls.ts";
import type { OrderedKV } from "./ordered-kv.ts";
import { type SharedNamespace, sharedNamespace } from "./shared-namespace.ts";

/** A run, and whether a message is queued that it waits for. */
export interface Waking {
  readonly run: RunRow;
  readonly wantedQueued: boolean;
}

/**
 * Owns: when the platform is asked to run the run, and what is known of the alarm that is set: most commits of a running run
 * need no other.
 * Invariants: an alarm whose time has come counts as gone, since it has fired or is about to (P9).
 */
export class KVAlarm {
  readonly #kv: OrderedKV;
  readonly #now: () => number;
  readonly #watchMs: number | null;
  readonly #shared: SharedNamespace;

  constructor(kv: OrderedKV, by: { readonly now: () => number; readonly watchMs: number | null }) {
    this.#kv = kv;
    this.#shared = sharedNamespace(kv);
    this.#now = by.now;
    this.#watchMs = by.watchMs;
  }

  /** It may have fired, or somebody else may have set it. */
  forget(): void {
    this.#shared.alarm = undefined;
  }

  /** Asks the platform, where it can tell: its alarm may have fired, or somebody else may have set it. */
  async ask(): Promise<void> {
    this.forget();
    this.#shared.alarm = await this.#kv.getAlarm?.().catch(() => undefined);
  }

  /** The one to set for the run as it is; undefined: the one that is set will do. */
  for({ run, wantedQueued }: Waking): number | null | undefined {
    const at = alarmOf(run, { wantedQueued, now: this.#now(), watchMs: this.#watchMs });
    const known = this.#known;
    if (at === null) return known === null ? undefined : null;
    if (typeof known !== "number") return at;
    // An alarm to come that looks after the run in time need not be moved.
    const watched = keepsClaim(run.status, run.wakeAt);
    return known === at || (watched && known <= at) ? undefined : at;
  }

  async set(waking: Waking): Promise<void> {
    const at = this.for(waking);
    if (at !== undefined) await this.setWith(at, () => writing(() => this.#kv.setAlarm(at)));
  }

  /**
   * Before a batch after which the run is woken sooner than now: a process that dies in between leaves an alarm too
   * early, which looks in vain, and not a run that nobody wakes (P9).
   */
  async setEarly(waking: Waking): Promise<void> {
    const at = this.for(waking);
    const known = this.#known;
    if (typeof at !== "number" || (typeof known === "number" && known <= at)) return;
    await this.set(waking);
  }

  /** `write` sets it to this; when that fails, nobody knows what it is. */
  async setWith(at: number | null, write: () => Promise<void>): Promise<void> {
    this.#shared.alarm = undefined;
    await write();
    this.#shared.alarm = at;
  }

  get #known(): number | null | undefined {
    const last = this.#shared.alarm;
    return typeof last === "number" && last <= this.#now() ? undefined : last;
  }
}

/** When the platform is to run the run: at its time, at once when what it waits for is there, soon when it is at work. */
function alarmOf(
  run: RunRow,
  at: { readonly wantedQueued: boolean; readonly now: number; readonly watchMs: number | null },
): number | null {
  if (run.revision === 0 || run.status === "paused" || isTerminal(run.status)) return null;
  if (!keepsClaim(run.status, run.wakeAt)) return at.wantedQueued ? at.now : run.wakeAt;
  if (run.wakeAt !== null || at.watchMs === null) return run.wakeAt;
  return run.status === "pending" ? at.now : at.now + at.watchMs;
}
