import type { SendOptions } from "#holdfast/engine/live/run-handle.ts";
import type { WorkflowHandle } from "#holdfast/host/workflow-handle.ts";

/** What a world does to one run, whoever runs it. */
export type DeskHandle = Pick<
  WorkflowHandle,
  | "cancel"
  | "rewind"
  | "history"
  | "watch"
  | "getState"
  | "wake"
  | "evict"
  | "pause"
  | "resume"
  | "recover"
  | "result"
  | "request"
> & {
  send(name: string, body: unknown, options: SendOptions): Promise<void>;
  fork(options: { readonly from: string; readonly workflowId: string }): Promise<unknown>;
};

/** Where those outside start and control runs: a host, a client, or a platform that runs bare runs. */
export interface Desk {
  start(
    workflowName: string,
    options: { readonly workflowId: string; readonly input: unknown },
  ): Promise<{ readonly workflowId: string }>;
  handle(workflowId: string): DeskHandle;
  delete(workflowId: string): Promise<boolean>;
}
