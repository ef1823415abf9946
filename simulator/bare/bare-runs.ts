import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { isTerminal, type RunState } from "#holdfast/model/run.ts";
import { dueAt, keepsClaim } from "#holdfast/storage/due.ts";
import type { CommitBatch } from "#holdfast/storage/records.ts";
import { type RunRow, toRecord } from "#holdfast/storage/run-row.ts";
import type { RunRecord } from "#holdfast/storage/store.ts";
import type { FactBody } from "../evidence/fact.ts";
import type { BarePlan } from "../world/scenario.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { BareHome, BareWitness } from "./bare-home.ts";
import { type BareAccess, MemoryHome } from "./memory-home.ts";
import { NamespaceHome } from "./namespace-home.ts";

/** Longer than any world: a bare driver knows no leases. */
const FOR_EVER_MS = 1e12;

interface BareWorld extends Omit<BareAccess, "run" | "witness"> {
  readonly plan: BarePlan;
  readonly record: (process: SimProcess, body: FactBody) => void;
}

/** One bare run: its home, and what it is called. */
interface Lodging {
  readonly workflowName: string;
  readonly home: BareHome;
  /** Who has opened it last; 0: nobody yet. */
  epoch: number;
  /** As of the last commit; null: there was none. */
  row: RunRow | null;
  /** The epoch that each process runs it under. */
  readonly epochs: Map<SimProcess, number>;
}

/** A commit that was applied, and the run's row before and after it. */
interface BareCommit {
  readonly batch: CommitBatch;
  readonly before: RunRow;
  readonly row: RunRow;
}

/**
 * The bare runs of a world.
 *
 * Owns: where each is kept, and what is told of it in the words of a store, so that the same checkers judge it: each pass is a claim, which a
 * commit that puts the run away gives up, and which is followed by another at once, since the pass may go on in place.
 */
export class BareRuns {
  readonly #world: BareWorld;
  readonly #lodgings = new Map<string, Lodging>();
  readonly #births = new Map<string, PromiseWithResolvers<void>>();

  constructor(world: BareWorld) {
    this.#world = world;
  }

  /** The ids of all runs that were asked for, in order. */
  get ids(): readonly string[] {
    return [...this.#lodgings.keys()];
  }

  workflowNameOf(run: string): string | undefined {
    return this.#lodgings.get(run)?.workflowName;
  }

  /** The run's home, which is made where there is none. */
  home(run: string, workflowName: string): BareHome {
    const there = this.#lodgings.get(run);
    if (there !== undefined) return there.home;
    const { plan, ...way } = this.#world;
    const access = { ...way, run, witness: this.#witnessOf(run) };
    const home = plan.home === "memory" ? new MemoryHome(access) : new NamespaceHome({ ...access, ...plan });
    this.#lodgings.set(run, { workflowName, home, epoch: 0, row: null, epochs: new Map() });
    return home;
  }

  /** Resolves when the run's first commit was applied. */
  born(run: string): Promise<void> {
    return this.#birth(run).promise;
  }

  isBorn(run: string): boolean {
    return this.#lodgings.get(run)?.row != null;
  }

  /** Whether the platform is to run it now: one that was asked for and does not exist yet is. */
  async isDue(run: string): Promise<boolean> {
    const home = this.#lodgings.get(run)?.home;
    return home !== undefined && (!this.isBorn(run) || (await home.isDue(this.#world.now())));
  }

  /** The platform has a process run it. */
  async ring(process: SimProcess, run: string, look: () => Promise<void>): Promise<void> {
    await this.#lodgings.get(run)?.home.ring(process, look);
  }

  /** A pass of the run begins in a process. */
  claim(process: SimProcess, run: string): void {
    const lodging = this.#lodgings.get(run);
    if (lodging?.row != null) this.#claim(process, lodging, lodging.row);
  }

  /** Everything that is stored, as a store would keep it. */
  async dump(): Promise<MemoryDump> {
    const runs: MemoryRunDump[] = [];
    for (const [key, { home, workflowName, row }] of [...this.#lodgings.values()].entries()) {
      const run = row === null ? null : await home.dump();
      if (run !== null) runs.push({ ...run, row: this.#asInStore(run, { key: key + 1, workflowName }) });
    }
    return { nextKey: runs.length + 1, runs: runs.map(({ seal: _, ...run }) => run) };
  }

  #asInStore({ row, messages }: MemoryRunDump, its: Pick<RunRow, "key" | "workflowName">): RunRow {
    const named = { ...row, ...its };
    const wanted = messages.some(({ name }) => row.wants?.includes(name));
    return { ...named, dueAt: dueAt(named, this.#world.now(), () => wanted) };
  }

  #birth(run: string): PromiseWithResolvers<void> {
    const birth = this.#births.get(run) ?? Promise.withResolvers<void>();
    this.#births.set(run, birth);
    return birth;
  }

  #witnessOf(run: string): BareWitness {
    const { record } = this.#world;
    return {
      enqueued: (process, message) => record(process, { type: "enqueued", run, message }),
      committed: async (process, batch) => {
        const lodging = this.#lodgings.get(run);
        const stored = await lodging?.home.dump();
        if (lodging === undefined || stored == null) return;
        const before = lodging.row ?? stored.row;
        lodging.row = stored.row;
        if (batch.expectedRevision === 0) this.#create(process, lodging, { batch, row: stored.row });
        else this.#commit(process, lodging, { batch, before, row: stored.row });
      },
    };
  }

  #create(process: SimProcess, lodging: Lodging, { batch, row }: { batch: CommitBatch; row: RunRow }): void {
    const { workflowName } = lodging;
    const { workflowId: run, workflowVersion, fingerprint, createdAt } = row;
    const { header, status, wakeAt, puts: entries } = batch;
    const identity = { workflowId: run, workflowName, workflowVersion, fingerprint };
    const newRun = { ...identity, header, status, wakeAt, entries, createdAt };
    const { send: sent } = batch;
    const record = this.#recordOf(lodging, row);
    this.#world.record(process, { type: "created", run, newRun, record, sent });
    this.#birth(run).resolve();
    this.#claim(process, lodging, row);
  }

  #commit(process: SimProcess, lodging: Lodging, { batch, before, row }: BareCommit): void {
    const { workflowId: run } = row;
    const epoch = lodging.epochs.get(process) ?? lodging.epoch;
    // It comes late, of a process that is dead, or of one that has read the run again since: whoever ran it does so no more.
    if (epoch < lodging.epoch) this.#claim(process, lodging, before);
    const at = lodging.epochs.get(process) ?? lodging.epoch;
    const record = { ...this.#recordOf(lodging, row), epoch: at };
    this.#world.record(process, { type: "committed", run, batch: { ...batch, epoch: at }, record });
    if (!keepsClaim(row.status, row.wakeAt)) this.#claim(process, lodging, row);
  }

  #claim(process: SimProcess, lodging: Lodging, row: RunRow): void {
    const { workflowId, workflowName, revision, status } = { ...row, workflowName: lodging.workflowName };
    if (ended(status)) return;
    const now = this.#world.now();
    lodging.epoch++;
    lodging.epochs.set(process, lodging.epoch);
    const { epoch } = lodging;
    const terms = { leaseMs: FOR_EVER_MS, storeTime: now, claimsWithoutCommit: 1, requested: null };
    const claim = { workflowId, workflowName, epoch, revision, ...terms };
    const lease = { owner: process.id, until: now + FOR_EVER_MS };
    const record = { ...this.#recordOf(lodging, row), epoch, lease };
    this.#world.record(process, { type: "claimed", run: workflowId, owner: process.id, claim, record });
  }

  #recordOf({ workflowName }: Lodging, row: RunRow): RunRecord {
    return toRecord({ ...row, workflowName }, this.#world.now());
  }
}

function ended(status: RunState): boolean {
  return isTerminal(status) || status === "paused";
}
