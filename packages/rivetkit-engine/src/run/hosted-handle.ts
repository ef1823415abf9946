import { decodeRunFailure, KeySpace, loadJournal, recoverRun } from "holdfast/embedding";
import type { HostedDriver } from "../driver/hosted-driver.ts";
import { RUN_ID } from "../driver/run-id.ts";
import { hostedError } from "../errors/translate.ts";
import { hostedState } from "../history/run-state.ts";
import type { EngineDriver as HostDriver } from "../model/driver.ts";
import type { WorkflowState } from "../model/history.ts";
import type { WorkflowHandle, WorkflowResult } from "../model/run.ts";
import { generateId } from "../storage.ts";
import type { HostedRun } from "./hosted-run.ts";
import { openOperator } from "./operate.ts";

/** What a handle acts on. */
export interface HandleSetup<Output> {
  readonly workflowId: string;
  readonly host: HostDriver;
  readonly driver: HostedDriver;
  readonly run: Pick<HostedRun<never, Output>, "settings" | "result" | "ready" | "live" | "evict">;
}

/** The handle of a run. */
export class HostedHandle<Output> implements WorkflowHandle<Output> {
  readonly workflowId: string;
  readonly #setup: HandleSetup<Output>;

  constructor(setup: HandleSetup<Output>) {
    this.workflowId = setup.workflowId;
    this.#setup = setup;
  }

  get result(): Promise<WorkflowResult<Output>> {
    return this.#setup.run.result;
  }

  async message(name: string, data: unknown): Promise<void> {
    await this.#setup.host.messageDriver.addMessage({ id: generateId(), name, data, sentAt: Date.now() });
  }

  async wake(): Promise<void> {
    await this.#setup.host.setAlarm(this.workflowId, Date.now());
  }

  recover(): Promise<void> {
    return this.#told(() => this.#recover());
  }

  async #recover(): Promise<void> {
    await this.#settled();
    if ((await this.#state()) !== "failed") return;
    const { driver, run } = this.#setup;
    const operator = await openOperator({ driver, settings: run.settings });
    if (operator.journal.header.status === "failed" && operator.journal.header.rollback === "none")
      await recoverRun(operator);
    else await this.wake();
  }

  evict(): void {
    this.#setup.run.evict();
  }

  cancel(): Promise<void> {
    return this.#told(async () => {
      await this.#setup.run.live.cancel();
      await this.#settled();
    });
  }

  getOutput(): Promise<Output | undefined> {
    return this.#told(async () => (await this.#setup.run.live.getOutput()) as Output | undefined);
  }

  getState(): Promise<WorkflowState> {
    return this.#told(() => this.#state());
  }

  async #state(): Promise<WorkflowState> {
    const { driver } = this.#setup;
    const status = await driver.readState();
    if (status === null) return "pending";
    if (status !== "failed") return hostedState(status, null);
    const row = (await loadJournal(RUN_ID, driver))?.journal.single(KeySpace.error) ?? null;
    return hostedState(status, row === null ? null : decodeRunFailure(row));
  }

  /** Looks at the run once it has been taken over; errors are told in RivetKit's words. */
  async #told<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#setup.run.ready.catch(() => {});
    try {
      return await work();
    } catch (error) {
      throw hostedError(error);
    }
  }

  async #settled(): Promise<void> {
    await this.result.then(
      () => {},
      () => {},
    );
  }
}
