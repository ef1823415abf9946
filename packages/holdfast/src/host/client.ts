import type { MessageBodies } from "../model/message.ts";
import type { RunState } from "../model/run.ts";
import type { Workflow } from "../model/workflow.ts";
import type { RunPage, StoreStatistics } from "../storage/store.ts";
import type { WorkflowHandle } from "./workflow-handle.ts";

/** What to start a run with. */
export type StartOptions<RawInput> = {
  /** Unique in the store; a second start with the same id, workflow and input gives the same run. @default a random UUID */
  readonly workflowId?: string;
} & (undefined extends RawInput
  ? {
      /** What the workflow's function is given, 1 MiB at most. */
      readonly input?: RawInput;
    }
  : {
      /** What the workflow's function is given, 1 MiB at most. */
      readonly input: RawInput;
    });

/** The options of a start; they may be left out where the workflow takes no input. */
export type StartArguments<RawInput> = undefined extends RawInput
  ? [options?: StartOptions<RawInput>]
  : [options: StartOptions<RawInput>];

/** Which runs `list` gives. */
export interface ListOptions {
  /** Only runs that are, as of their last commit, in this state or one of these. @default any */
  readonly status?: RunState | readonly RunState[];
  /** Only runs of this workflow. @default any */
  readonly workflowName?: string;
  /** Runs per page, 1 to 1,000. @default 100 */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null;
}

/** Starts and controls the runs of a store. */
export interface Client {
  /**
   * Starts a run; resolves when it is durable. Idempotent: the same workflow id, workflow and input give the run that
   * exists, whatever has become of it. The input is checked by the workflow's schema before anything is written; a name
   * alone has no schema on a client.
   * @throws WorkflowConflictError when the id is taken by another workflow or input; WorkflowNotRegisteredError when the
   * host does not know the workflow; ValidationError, UnserializableValueError, LimitError, InvalidArgumentError,
   * StorageError
   */
  start<
    Input,
    Output,
    Bodies extends MessageBodies,
    RawInput = Input,
    RawBodies extends MessageBodies = Bodies,
  >(
    workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
    ...options: StartArguments<NoInfer<RawInput>>
  ): Promise<WorkflowHandle<Output, RawBodies>>;
  /** Starts a run of a workflow by its name: for processes that do not have its code. */
  start(workflowName: string, options?: StartOptions<unknown>): Promise<WorkflowHandle>;
  /** The run's handle, or null when there is no such run. With the workflow the handle has its types. @throws StorageError */
  get(workflowId: string): Promise<WorkflowHandle | null>;
  /** The run's handle, with the workflow's types, or null when there is no such run. @throws StorageError */
  get<
    Input,
    Output,
    Bodies extends MessageBodies,
    RawInput = Input,
    RawBodies extends MessageBodies = Bodies,
  >(
    workflowId: string,
    workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
  ): Promise<WorkflowHandle<Output, RawBodies> | null>;
  /** The handle of a run that may or may not exist; reads nothing. @throws InvalidArgumentError, LimitError */
  handle(workflowId: string): WorkflowHandle;
  /** The handle, with the workflow's types, of a run that may or may not exist; reads nothing. */
  handle<
    Input,
    Output,
    Bodies extends MessageBodies,
    RawInput = Input,
    RawBodies extends MessageBodies = Bodies,
  >(
    workflowId: string,
    workflow: Workflow<Input, Output, Bodies, RawInput, RawBodies>,
  ): WorkflowHandle<Output, RawBodies>;
  /** Runs, newest first; a page is stable while runs are created or change. @throws InvalidArgumentError, StorageError */
  list(options?: ListOptions): Promise<RunPage>;
  /**
   * Removes the run and everything of it, whatever its state; false when there is none. Whoever runs it stops without
   * writing anything more. @throws StorageError
   */
  delete(workflowId: string): Promise<boolean>;
  /** Counts of the whole store. @throws StorageError */
  statistics(): Promise<StoreStatistics>;
}
