import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAILPOINT_VARIABLE, type FailpointSpec, formatFailpoint } from "../members/failpoints.ts";
import type { MemberConfig, Plan, RoundFiles, WorkerConfig } from "../members/member-config.ts";
import { Child } from "./child.ts";

/** What a member is, besides what is common to all of a round. */
export interface MemberOptions {
  readonly name: string;
  readonly work?: Partial<WorkerConfig> | null;
  readonly send?: MemberConfig["send"];
  readonly operate?: boolean;
  /** Of the first start only. */
  readonly failpoint?: FailpointSpec | null;
  readonly flags?: readonly string[];
  readonly uid?: number;
}

/** Short leases, so that what a dead process held is soon taken over; as long as a loaded machine may need. */
const DEFAULT_WORK: WorkerConfig = {
  leaseMs: 1_500,
  concurrency: 12,
  cacheSize: 8,
  // Kills come far more often than in life: runs must not be held for that.
  crashBudget: 1_000,
  version: 1,
};

/** One store with its ledger, the runs that are planned for it, and the processes that work on it. */
export class Round {
  readonly plan: Plan;
  readonly directory: string;
  readonly files: RoundFiles;
  readonly #children: Set<Child> = new Set();
  readonly #owned: boolean;

  private constructor(plan: Plan, directory: string, owned: boolean, databaseIn: string) {
    this.plan = plan;
    this.directory = directory;
    this.#owned = owned;
    this.files = {
      database: join(databaseIn, "store.db"),
      ledger: join(directory, "ledger.jsonl"),
      socket: join(directory, "ledger.sock"),
      plan: join(directory, "plan.json"),
    };
  }

  /** A round in a fresh directory, or in one that holds a copied store and ledger. Its ledger runs when this resolves. */
  static async open(
    plan: Plan,
    at: { readonly directory?: string; readonly databaseIn?: string } = {},
  ): Promise<Round> {
    const directory = at.directory ?? mkdtempSync(join(tmpdir(), "holdfast-round-"));
    const round = new Round(plan, directory, at.directory === undefined, at.databaseIn ?? directory);
    writeFileSync(round.files.plan, JSON.stringify(plan));
    const parameters = [round.files.ledger, round.files.socket];
    const ledger = round.#start(
      new Child({ name: "ledger", script: "ledger/ledger-server.ts", parameters, env: compileCache() }),
    );
    if (!(await ledger.ready)) throw new Error(`The ledger did not start: ${ledger.complaint}`);
    return round;
  }

  /** Starts a process that takes part. */
  spawn({
    name,
    work = null,
    send = null,
    operate = false,
    failpoint = null,
    flags,
    uid,
  }: MemberOptions): Child {
    const config: MemberConfig = {
      name,
      files: this.files,
      work: work === null ? null : { ...DEFAULT_WORK, ...work },
      send,
      operate,
    };
    if (uid !== undefined) for (const path of [this.directory, this.files.socket]) chmodSync(path, 0o777);
    const env: Record<string, string> = compileCache(uid);
    if (failpoint !== null) env[FAILPOINT_VARIABLE] = formatFailpoint(failpoint);
    const child = new Child({
      name,
      script: "members/member.ts",
      parameters: [JSON.stringify(config)],
      env,
      ...(flags === undefined ? {} : { flags }),
      ...(uid === undefined ? {} : { uid }),
    });
    return this.#start(child);
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    const children = [...this.#children];
    for (const child of children) child.signal("SIGKILL");
    await Promise.all(children.map((child) => child.ended));
  }

  /** Removes its files. */
  remove(): void {
    if (this.#owned) rmSync(this.directory, { recursive: true, force: true });
  }

  #start(child: Child): Child {
    this.#children.add(child);
    void child.ended.then(() => this.#children.delete(child));
    return child;
  }
}

/** A process that is started a thousand times should not compile its code a thousand times; each user has a cache. */
function compileCache(uid: number | undefined = process.getuid?.()): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(tmpdir(), `holdfast-compile-cache-${uid ?? "0"}`) };
}
