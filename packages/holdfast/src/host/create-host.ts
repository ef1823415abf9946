import { checkInteger } from "../model/check.ts";
import { MAX_DURATION_MS } from "../model/limits.ts";
import { checkGiven } from "../model/option-names.ts";
import { engineSettings } from "../system/engine-settings.ts";
import { checkHostOptions } from "./check-options.ts";
import type { Client } from "./client.ts";
import { onTerminate } from "./drain-signal.ts";
import { DEFAULT_STOP_TIMEOUT_MS, type HostOptions } from "./host-options.ts";
import { STOP_OPTIONS } from "./option-names.ts";
import { Retention } from "./retention.ts";
import { Scrub } from "./scrub.ts";
import { clientFace, StoreClient } from "./store-client.ts";
import { openSession, type StoreSession } from "./store-session.ts";
import { Worker } from "./worker.ts";
import { WorkflowRegistry } from "./workflow-registry.ts";

/** Runs the runs of a store in this process, and does what a client does. */
export interface Host extends Client {
  /**
   * Drains: takes no more runs, evicts those that wait, lets running steps finish for `timeoutMs` (default 30,000) and
   * then stops them by their signals; gives every claim back. Nothing is lost: the runs go on in another host, or when
   * one is started again. Waits of this host's handles end with `RunEvictedError`; their other methods go on working.
   * Idempotent: a second call waits for the same end, and its `timeoutMs` counts if it is over sooner.
   *
   * The store is not closed: it may serve other hosts and clients of this process. Nothing of the host keeps the process
   * alive after this.
   * @throws InvalidArgumentError
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/**
 * Starts a host: it claims due runs of its workflows and runs them until it is stopped.
 *
 * Several hosts may share a store, in one process or many. A run of a host that died is taken up by another one when its
 * lease has ended.
 * @throws InvalidArgumentError, LimitError, UnsupportedRuntimeError
 *
 * @example
 * const host = await createHost({ store: sqliteStore("orders.db"), workflows: [order] });
 * const handle = await host.start(order, { workflowId: "order-123", input: { orderId: "123" } });
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const checked = checkHostOptions(options);
  const workflows = new WorkflowRegistry(options.workflows);
  const session = openSession(engineSettings(options), checked);
  const worker = new Worker({ session, workflows, ...checked });
  const client = new StoreClient({
    session,
    local: worker,
    definitionOf: (name) => workflows.get(name),
    resolve: (workflow) => workflows.of(workflow),
    create: (run) => worker.create(run),
    send: (workflowId, message) => worker.send(workflowId, message),
  });
  const retention = new Retention(session, checked.retention);
  const running = new RunningHost({ session, worker, retention, scrub: new Scrub(session, workflows.names) });
  if (checked.drainOnSignal) running.drainOnSignal();
  running.start();
  return { ...clientFace(client), stop: (how) => running.stop(how) };
}

/** What goes on in a host. */
interface HostParts {
  readonly session: StoreSession;
  readonly worker: Worker;
  readonly retention: Retention;
  readonly scrub: Scrub;
}

/**
 * Owns: the life of a host.
 */
class RunningHost {
  readonly #parts: HostParts;
  #stopped: Promise<void> | null = null;
  #forgetSignal: () => void = () => {};

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.worker.start();
    this.#parts.retention.start();
    this.#parts.scrub.start();
  }

  drainOnSignal(): void {
    this.#forgetSignal = onTerminate(() => {
      void this.stop(this.#stopped === null ? {} : { timeoutMs: 0 });
    });
  }

  async stop(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkGiven(options, "The options of stop", STOP_OPTIONS);
    const { timeoutMs = DEFAULT_STOP_TIMEOUT_MS } = options;
    checkInteger(timeoutMs, "timeoutMs", { from: 0, to: MAX_DURATION_MS });
    if (this.#stopped === null) {
      this.#stopped = this.#stop(timeoutMs);
      return this.#stopped;
    }
    const { worker, session } = this.#parts;
    const cancel = session.settings.world.clock.setTimer(timeoutMs, () => worker.hurry());
    await this.#stopped;
    cancel();
  }

  async #stop(timeoutMs: number): Promise<void> {
    const { worker, retention, scrub, session } = this.#parts;
    scrub.stop();
    await Promise.all([worker.stop(timeoutMs), retention.stop()]);
    session.news.close();
    this.#forgetSignal();
  }
}
