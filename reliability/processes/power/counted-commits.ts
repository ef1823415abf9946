import { sqliteStore } from "#holdfast/sqlite.ts";
import type { Claim, WorkflowStore } from "#holdfast/storage/store.ts";
import { batch, message, newRun, row, send } from "#holdfast/testing/conformance/samples.ts";

const LARGE_BYTES = 40_000;
/** Large rows that are written over and over, so that the log grows and the file does not. */
const LARGE_ROWS = 4;
const SMALL = 0x20;
const LARGE = 0x10;

/** A store whose commits are numbered: each writes rows, sends a message to another run, and consumes one. */
export class CountedCommits {
  readonly #store: WorkflowStore;
  readonly #claim: Claim;
  #done = 1;

  private constructor(store: WorkflowStore, claim: Claim) {
    this.#store = store;
    this.#claim = claim;
  }

  static async begin(path: string): Promise<CountedCommits> {
    const store = sqliteStore({ path });
    await store.create(newRun("other"));
    const { claim } = await store.create(newRun("run"), { owner: "o", leaseMs: 3_600_000 });
    if (claim === null) throw new Error("The run was not claimed.");
    const counted = new CountedCommits(store, claim);
    await store.enqueue("run", message("1"));
    return counted;
  }

  /** The number of the last commit that was acknowledged. */
  get done(): number {
    return this.#done;
  }

  /** One commit more; it is acknowledged when this resolves. */
  async commit(): Promise<void> {
    const { epoch } = this.#claim;
    const next = this.#done + 1;
    const puts = [
      row([LARGE, next % LARGE_ROWS], new Uint8Array(LARGE_BYTES).fill(next)),
      row([SMALL, next], [next]),
    ];
    await this.#store.driver(this.#claim).commit(
      batch({
        epoch,
        expectedRevision: this.#done,
        puts,
        consume: [String(this.#done)],
        send: [send("run", String(next)), send("other", String(next))],
      }),
    );
    this.#done = next;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The number of the last commit in a file. @throws Error when it is not those up to some number, each of them whole */
export async function lastCommitIn(path: string): Promise<number> {
  const store = sqliteStore({ path });
  try {
    const run = await store.get("run");
    if (run === null) throw new Error("The run is gone.");
    const image = await store.driver(run).load();
    if (image?.damage !== undefined) throw image.damage;
    const queue = await store.driver(run).peekMessages(null, 9);
    const sent = await store.driver({ workflowId: "other", epoch: 0 }).peekMessages(null, 1_000);
    const found = JSON.stringify({
      rows: image?.entries.map(({ key, value }) => [[...key], value.length, value[0], value.at(-1)]),
      queue: queue.map(({ id }) => id),
      sent: sent.map(({ id }) => id),
    });
    if (found !== expectedAfter(run.revision)) throw new Error(`Revision ${run.revision} with ${found}`);
    return run.revision;
  } finally {
    await store.close();
  }
}

function expectedAfter(revision: number): string {
  const commits = Array.from({ length: revision - 1 }, (_, index) => index + 2);
  const large = new Map(commits.map((number) => [number % LARGE_ROWS, number]));
  const largeRows = [...large].sort(([a], [b]) => a - b);
  return JSON.stringify({
    rows: [
      ...largeRows.map(([at, number]) => [[LARGE, at], LARGE_BYTES, number, number]),
      ...commits.map((number) => [[SMALL, number], 1, number, number]),
    ],
    queue: [String(revision)],
    sent: commits.map(String),
  });
}
