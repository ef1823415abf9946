import { PATIENCE_MS } from "../engine/pass/patience.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import type { NewMessage, NewRun } from "../storage/records.ts";
import type { Claimant, CreateOutcome } from "../storage/store.ts";
import { Backoff } from "./backoff.ts";
import type { Asked, ClaimedRun } from "./claimed-run.ts";
import { HostedRun, type HostedRunNeighbours, type Stop } from "./hosted-run.ts";
import { LateCommits } from "./late-commits.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import type { ClaimsOver, LocalRuns } from "./local-runs.ts";
import { imageOf } from "./new-run.ts";
import { ParkedPasses } from "./parked-passes.ts";
import { Quarantine } from "./quarantine.ts";
import { storeClock } from "./store-clock.ts";
import type { StoreSession } from "./store-session.ts";
import { waitAtMost } from "./wait-at-most.ts";
import { WorkLoop } from "./work-loop.ts";
import type { WorkflowRegistry } from "./workflow-registry.ts";

/** What a worker is made of. */
export interface WorkerSetup {
  readonly session: StoreSession;
  readonly workflows: WorkflowRegistry;
  /** Runs in work at once. */
  readonly concurrency: number;
  /** Parked passes in memory. */
  readonly cacheSize: number;
}

/** At most so many runs are claimed in one transaction. */
const CLAIM_BATCH = 100;
/** When the store says that a run is due and then gives none, its clock is not ours: between two looks. */
const SHORTEST_LOOK_MS = 20;
/** What stops at the end of `stop`'s time and does not end within this is left to its lease: it may have to be patient, and to store then. */
const GRACE_MS = 2 * PATIENCE_MS;

/**
 * Owns: which runs are in work in this process: claiming what is due, up to a number; what is created here and has room
 * is in work at once.
 * Does not own: when it looks for what is due (work-loop.ts), one claim (hosted-run.ts), its lease (lease-keeper.ts).
 * Invariants: only runs of known workflows are claimed; a run has one claim in work here at a time.
 */
export class Worker implements LocalRuns {
  readonly #setup: WorkerSetup;
  readonly #neighbours: HostedRunNeighbours;
  readonly #runs: Map<string, HostedRun> = new Map();
  readonly #ending: Set<HostedRun> = new Set();
  readonly #loop: WorkLoop;
  /** Rooms of runs that are being created. */
  #reserved = 0;
  asks = 0;
  /** Resolves when no claim is being asked for. */
  #claiming: Promise<void> = Promise.resolve();

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
    const { session, cacheSize } = setup;
    const { clock } = session.settings.world;
    const longestMs = session.leaseMs / 2;
    const times = { firstMs: session.pollMs, longestMs: Math.max(session.pollMs, longestMs) };
    this.#loop = new WorkLoop({
      session,
      backoff: new Backoff(clock, times),
      hasRoom: () => this.#room > 0,
      takeDue: () => this.#claimDue(),
    });
    this.#neighbours = {
      session,
      leases: new LeaseKeeper(session),
      parked: new ParkedPasses(cacheSize),
      // A claim that is given back only after its lease has ended would count as a start in vain.
      backoff: new Backoff(clock, { firstMs: Math.min(session.pollMs, longestMs), longestMs }),
      late: new LateCommits({
        clock,
        backoff: new Backoff(clock, times),
        patienceMs: session.pollMs,
        added: () => this.#roomCameFree(),
      }),
      quarantine: new Quarantine({ clock, inWork: () => this.#ending, lifted: () => this.#loop.ring() }),
    };
  }

  /** Runs in work now. */
  get active(): number {
    return this.#ending.size;
  }

  start(): void {
    this.#loop.start();
  }

  /** Creates a run; if there is room, it is in work here from its first instant, without another transaction. */
  create(run: NewRun): Promise<CreateOutcome> {
    return this.#withRoom(async (asked, claimant) => {
      const outcome = await this.#setup.session.store.create(run, claimant);
      const { claim } = outcome;
      if (claim !== null) await this.#adopt({ claim, ...asked, image: imageOf(run, claim), message: null });
      return outcome;
    });
  }

  /** Sends a message; if the run waited for it, and there is room, it is in work here without another transaction. */
  send(workflowId: string, message: NewMessage): Promise<void> {
    return this.#withRoom(async (asked, claimant) => {
      const sent = this.#runs.get(workflowId)?.expect(message.name);
      try {
        const claim = await this.#setup.session.store.enqueue(workflowId, message, claimant);
        if (claim === null) return;
        // The store may keep the bytes that it was given.
        const copy = { ...message, body: message.body.slice() };
        await this.#adopt({ claim, ...asked, image: null, message: copy });
      } finally {
        sent?.();
      }
    });
  }

  definitionOf(workflowId: string): WorkflowDefinition | null {
    const { parked } = this.#neighbours;
    return this.#runs.get(workflowId)?.definition ?? parked.get(workflowId)?.definition ?? null;
  }

  inWork(workflowId: string): boolean {
    return this.#runs.has(workflowId);
  }

  /** Does what may claim a run, with a room kept for it; when there is none, nothing is claimed. */
  async #withRoom<T>(act: (asked: Asked, claimant?: Claimant) => Promise<T>): Promise<T> {
    const { owner, leaseMs } = this.#setup.session;
    // What is being claimed takes its rooms first.
    await this.#claiming;
    const asked = this.#ask();
    if (this.#loop.stopping || this.#room <= 0) return act(asked);
    this.#reserved += 1;
    try {
      return await act(asked, { owner, leaseMs, workflowNames: this.#setup.workflows.names });
    } finally {
      this.#reserved -= 1;
      this.#roomCameFree();
    }
  }

  #ask(): Asked {
    return { since: this.#setup.session.settings.world.clock.monotonic(), ask: ++this.asks };
  }

  abandon(workflowId: string, reason: unknown, over: ClaimsOver): void {
    for (const run of this.#ending)
      if (run.workflowId === workflowId && run.isOver(over)) run.abandon(reason);
    this.#neighbours.parked.drop(workflowId);
  }

  storeLate(workflowId: string): Promise<void> | null {
    return this.#neighbours.late.settle([...this.#ending].filter((run) => run.workflowId === workflowId));
  }

  cancelRun(workflowId: string): void {
    this.#runs.get(workflowId)?.cancel();
  }

  async stopRun(workflowId: string, stop: Stop): Promise<void> {
    const run = this.#runs.get(workflowId);
    run?.stop(stop);
    await run?.done;
    this.#neighbours.parked.drop(workflowId);
  }

  /** Claims nothing more, lets bodies finish for `timeoutMs`, then stops them. Resolves when every claim is given back. */
  async stop(timeoutMs: number): Promise<void> {
    const { log, settings } = this.#setup.session;
    const { clock } = settings.world;
    this.#loop.stop();
    this.#neighbours.backoff.cut();
    this.#neighbours.quarantine.cut();
    this.#neighbours.parked.clear();
    for (const run of this.#ending) run.stop("drain");
    const hurry = clock.setTimer(timeoutMs, () => this.#evictAll());
    await waitAtMost(clock, timeoutMs + GRACE_MS, this.#ended());
    hurry();
    void this.#neighbours.late.cut();
    if (this.active > 0) {
      log.error("runs did not stop in time; they end with their leases", { runs: this.active });
      for (const run of this.#ending) run.abandon(new RunEvictedError(run.workflowId));
    }
    this.#neighbours.leases.stop();
  }

  /** All that still runs is stopped now. */
  hurry(): void {
    if (this.#loop.stopping) this.#evictAll();
  }

  #evictAll(): void {
    void this.#neighbours.late.cut();
    for (const run of this.#ending) run.stop("evict");
  }

  async #ended(): Promise<void> {
    await this.#loop.ended;
    while (this.#ending.size > 0) await Promise.all([...this.#ending].map((run) => run.done));
  }

  get #room(): number {
    if (this.#neighbours.quarantine.occupied) return 0;
    const inWork = this.#ending.size - this.#neighbours.late.size;
    return this.#setup.concurrency - inWork - this.#reserved;
  }

  /** Claims what is due; gives the milliseconds until the next look, 0: at once. */
  async #claimDue(): Promise<number> {
    const { session, workflows } = this.#setup;
    const { store, owner, leaseMs, pollMs, settings } = session;
    const { clock } = settings.world;
    const settling = this.#neighbours.late.settle(this.#ending);
    if (settling !== null) await settling;
    const limit = Math.min(this.#room, CLAIM_BATCH);
    const asked = this.#ask();
    const claiming = store.claim({ owner, leaseMs, limit, workflowNames: workflows.names });
    this.#claiming = claiming.then(
      () => {},
      () => {},
    );
    const { claims, nextDueAt, storeTime } = await claiming;
    const storeNow = storeClock(clock, storeTime);
    if (claims.length > 0) this.#loop.found();
    await Promise.all(claims.map((claim) => this.#adopt({ claim, ...asked, image: null, message: null })));
    if (claims.length === limit) return 0;
    if (nextDueAt === null) return pollMs;
    const leftMs = nextDueAt - storeNow();
    return leftMs > 0 ? Math.min(leftMs, pollMs) : Math.min(SHORTEST_LOOK_MS, pollMs);
  }

  /** Runs the claim from here on; no other run can take its room in between. */
  async #adopt(adopted: Omit<ClaimedRun, "definition" | "before">): Promise<void> {
    const { claim } = adopted;
    const { session, workflows } = this.#setup;
    const { workflowId } = claim;
    const definition = workflows.get(claim.workflowName);
    if (this.#loop.stopping || this.#neighbours.quarantine.occupied || definition === null) {
      await session.store.release(claim).catch((error: unknown) => {
        session.log.warn("a claim could not be given back; it ends with its lease", { workflowId, error });
      });
      return;
    }
    const former = this.#runs.get(workflowId);
    former?.replaced();
    const run = new HostedRun(this.#neighbours, { ...adopted, definition, before: former?.done ?? null });
    this.#runs.set(workflowId, run);
    this.#ending.add(run);
    void run.done.then(({ comesDueByItself, completedWith }) => {
      this.#ending.delete(run);
      if (this.#runs.get(workflowId) === run) this.#runs.delete(workflowId);
      session.news.tell(workflowId, completedWith);
      // A due time that it has is to be known by the next look.
      if (comesDueByItself) this.#loop.ring();
      else this.#roomCameFree();
    });
  }

  /** While there was room, hints and the clock have told of all that is due: only the first room is a reason to look. */
  #roomCameFree(): void {
    if (this.#room === 1) this.#loop.ring();
  }
}
