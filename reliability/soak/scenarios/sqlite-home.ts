import { DatabaseSync } from "node:sqlite";
import type { Host, WorkflowDefinition, WorkflowHandle } from "#holdfast/index.ts";
import { createHost } from "#holdfast/index.ts";
import { type SqliteStore, sqliteStore } from "#holdfast/sqlite.ts";
import { type VirtualClock, virtualClock } from "#holdfast/testing.ts";
import { countingDatabase } from "../measure/counting-database.ts";
import type { Stored } from "../measure/loop-watch.ts";
import { temporaryFile } from "../measure/temporary-file.ts";
import type { LoopHome, LoopHomeOptions } from "./loop-home.ts";

/** Hints come at once, so looks without one can be rare. */
const POLL_MS = 3_600_000;

/** A host on a SQLite file, on a virtual clock. */
export async function sqliteHome({ observers = [] }: LoopHomeOptions = {}): Promise<LoopHome> {
  const file = temporaryFile("run.db");
  const database = new DatabaseSync(file.path);
  const counting = countingDatabase(database);
  const clock = virtualClock();
  const store = sqliteStore({ database: counting, synchronous: "normal", clock });
  const hosted = new HostedLoop(store, clock);
  return {
    gauges: {
      timers: () => clock.pending,
      stored: () => storedIn(database),
      operations: () => counting.statements(),
    },
    mostListeners: () => 0,
    run: (workflow) => hosted.run(workflow, observers),
    send: (name, body) => hosted.handle.send(name, body),
    request: (name, body) => hosted.handle.request(name, body),
    close: async () => {
      await hosted.stop();
      await store.close();
      database.close();
      file.remove();
    },
  };
}

class HostedLoop {
  readonly #store: SqliteStore;
  readonly #clock: VirtualClock;
  #host: Host | undefined;
  #handle: WorkflowHandle | undefined;

  constructor(store: SqliteStore, clock: VirtualClock) {
    this.#store = store;
    this.#clock = clock;
  }

  get handle(): WorkflowHandle {
    if (this.#handle === undefined) throw new Error("The run was not started.");
    return this.#handle;
  }

  async run(workflow: WorkflowDefinition, observers: LoopHomeOptions["observers"] = []): Promise<unknown> {
    const clock = this.#clock;
    const common = { store: this.#store, clock, scheduler: clock.scheduler, observers, pollMs: POLL_MS };
    this.#host = await createHost({ ...common, workflows: [workflow] });
    this.#handle = this.#host.handle("run");
    const handle = await clock.settle(this.#host.start(workflow.name, { workflowId: "run" }));
    return clock.settle(handle.result());
  }

  async stop(): Promise<void> {
    if (this.#host !== undefined) await this.#clock.settle(this.#host.stop({ timeoutMs: 0 }));
  }
}

/** Rows and bytes of the run. Answers to requests stay for the life of a run by contract: they do not count. */
function storedIn(database: DatabaseSync): Stored {
  const total = { rows: 0, bytes: 0 };
  for (const sql of STORED) {
    const { rows, bytes } = database.prepare(sql).get() as { rows: number; bytes: number | null };
    total.rows += rows;
    total.bytes += bytes ?? 0;
  }
  return total;
}

const STORED = [
  "SELECT count(*) AS rows, sum(length(header)) AS bytes FROM holdfast_runs",
  "SELECT count(*) AS rows, sum(length(key) + length(value)) AS bytes FROM holdfast_entries",
  "SELECT count(*) AS rows, sum(length(body)) AS bytes FROM holdfast_messages",
  "SELECT count(*) AS rows, sum(length(id)) AS bytes FROM holdfast_consumed",
];
