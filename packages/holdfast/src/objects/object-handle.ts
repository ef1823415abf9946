import type { DurableObjects } from "../drivers/cloudflare/durable-objects.ts";
import type { RequestOptions, SendOptions } from "../engine/live/run-handle.ts";
import type { CancelOutcome } from "../engine/pass/outcome.ts";
import type { ResultOptions } from "../host/result-options.ts";
import type { WorkflowHandle } from "../host/workflow-handle.ts";
import { messageOf } from "../model/errors/describe-error.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import type { MessageBodies } from "../model/message.ts";
import type { RunState } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { StartOutcome, WorkflowCalls } from "./calls.ts";
import { type RunHistory, snapshotOf } from "./run-history.ts";
import { encodeCall, readOutcome } from "./wire.ts";

/** Controls one run that is a Durable Object. */
export interface ObjectWorkflowHandle<Output = unknown, Bodies extends MessageBodies = MessageBodies>
  extends Omit<WorkflowHandle<Output, Bodies>, "evict" | "fork" | "watch"> {
  /** Removes the run and all of it, whatever its state; false when there is none. */
  delete(): Promise<boolean>;
}

/** A run in an object elsewhere. Each call asks for the object anew: one that has failed leaves its stub broken. */
export class ObjectHandle implements ObjectWorkflowHandle {
  readonly workflowId: string;
  readonly #namespace: DurableObjects;

  constructor(namespace: DurableObjects, workflowId: string) {
    this.#namespace = namespace;
    this.workflowId = workflowId;
  }

  start(input?: unknown): Promise<StartOutcome> {
    return this.#call("start", input);
  }

  send(name: string, body?: unknown, options?: SendOptions): Promise<void> {
    return this.#call("send", name, body, options);
  }

  message(name: string, body?: unknown, options?: SendOptions): Promise<void> {
    return this.send(name, body, options);
  }

  request(name: string, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.#call("request", name, body, options);
  }

  result(options?: ResultOptions): Promise<unknown> {
    return this.#call("result", options);
  }

  wake(): Promise<void> {
    return this.#call("wake");
  }

  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome> {
    return this.#call("cancel", options);
  }

  pause(): Promise<void> {
    return this.#call("pause");
  }

  resume(): Promise<void> {
    return this.#call("resume");
  }

  recover(): Promise<void> {
    return this.#call("recover");
  }

  rewind(options: { readonly to: string }): Promise<void> {
    return this.#call("rewind", options);
  }

  getState(): Promise<RunState | null> {
    return this.#call("getState");
  }

  getOutput(): Promise<unknown> {
    return this.#call("getOutput");
  }

  getError(): Promise<unknown> {
    return this.#call("getError");
  }

  async history(): Promise<HistorySnapshot> {
    return snapshotOf(await this.#call<RunHistory>("history"));
  }

  delete(): Promise<boolean> {
    return this.#call("delete");
  }

  async #call<T>(name: keyof WorkflowCalls, ...given: readonly unknown[]): Promise<T> {
    const call = encodeCall(name, given);
    let outcome: Uint8Array;
    try {
      outcome = await this.#stub().call(call);
    } catch (error) {
      throw new StorageError(
        `The object of run "${this.workflowId}" could not be asked to ${name}: ${messageOf(error)}. Whether it was done is not known; ask again.`,
        { outcome: "unknown", retryable: true, cause: error },
      );
    }
    return readOutcome(outcome) as T;
  }

  #stub(): { call(call: Uint8Array): Promise<Uint8Array> } {
    const id = this.#namespace.idFromName(this.workflowId);
    return this.#namespace.get(id as never) as never;
  }
}
