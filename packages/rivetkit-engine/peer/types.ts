import type * as theirs from "@rivetkit/workflow-engine";
import type * as theirTesting from "@rivetkit/workflow-engine/testing";
import type * as ours from "../src/index.ts";
import type * as ourTesting from "../src/testing.ts";

// Compiled only: what is written against the original's declarations compiles against ours (`npm run types`).

/** Ours can stand where theirs is expected. */
type Stands<Ours extends Theirs, Theirs> = [Ours, Theirs];

/**
 * Only the engine makes contexts, so that its constructor is its own affair. Functions that are given contexts are left
 * out: a conditional type (`BranchOutput`) of one library is not comparable with that of another, however equal.
 */
type Values<Module> = Omit<Module, "WorkflowContextImpl" | "runWorkflow">;
type Plain<Context> = Omit<Context, "join" | "race" | "try" | "loop">;

export type Checked = [
  Stands<Values<typeof ours>, Values<typeof theirs>>,
  Stands<
    Values<Omit<typeof ourTesting, "InMemoryDriver">>,
    Values<Omit<typeof theirTesting, "InMemoryDriver">>
  >,
  Stands<
    Pick<ourTesting.InMemoryDriver, keyof theirTesting.InMemoryDriver>,
    Pick<theirTesting.InMemoryDriver, keyof theirTesting.InMemoryDriver>
  >,
  // What users implement for theirs, ours accepts.
  Stands<theirs.EngineDriver, ours.EngineDriver>,
  Stands<theirs.RunWorkflowOptions, ours.RunWorkflowOptions>,
  Stands<theirs.WorkflowMessageDriver, ours.WorkflowMessageDriver>,
  Stands<theirs.WorkflowTelemetryDriver, ours.WorkflowTelemetryDriver>,
  Stands<theirs.StepConfig<number>, ours.StepConfig<number>>,
  Stands<Omit<theirs.LoopConfig<number, string>, "run">, Omit<ours.LoopConfig<number, string>, "run">>,
  Stands<theirs.TryStepConfig<number>, ours.TryStepConfig<number>>,
  Stands<Omit<theirs.TryBlockConfig<number>, "run">, Omit<ours.TryBlockConfig<number>, "run">>,
  // What ours gives, users of theirs can take.
  Stands<Plain<ours.WorkflowContextInterface>, Plain<theirs.WorkflowContextInterface>>,
  Stands<ours.WorkflowHandle<number>, theirs.WorkflowHandle<number>>,
  Stands<ours.WorkflowHistorySnapshot, theirs.WorkflowHistorySnapshot>,
  Stands<ours.WorkflowErrorEvent, theirs.WorkflowErrorEvent>,
  Stands<ours.Storage, theirs.Storage>,
  Stands<ours.TryStepResult<number>, theirs.TryStepResult<number>>,
  Stands<ours.TryBlockResult<number>, theirs.TryBlockResult<number>>,
  Stands<ours.WorkflowQueueMessage<number>, theirs.WorkflowQueueMessage<number>>,
];

/** Types alone: the names that theirs exports are exported here too. */
export type Names = [
  ours.BranchConfig<1>,
  ours.BranchOutput<ours.BranchConfig<1>>,
  ours.BranchStatus,
  ours.BranchStatusType,
  ours.Entry,
  ours.EntryKind,
  ours.EntryKindType,
  ours.EntryMetadata,
  ours.EntryStatus,
  ours.History,
  ours.JoinEntry,
  ours.KVEntry,
  ours.KVWrite,
  ours.Location,
  ours.LoopEntry,
  ours.LoopIterationMarker,
  ours.LoopResult<1, 2>,
  ours.Message,
  ours.MessageEntry,
  ours.NameIndex,
  ours.PathSegment,
  ours.RaceEntry,
  ours.RemovedEntry,
  ours.RollbackCheckpointEntry,
  ours.RollbackContextInterface,
  ours.SleepEntry,
  ours.SleepState,
  ours.StepEntry,
  ours.TryBlockCatchKind,
  ours.TryBlockFailure,
  ours.TryStepCatchKind,
  ours.TryStepFailure,
  ours.WorkflowEntryMetadataSnapshot,
  ours.WorkflowError,
  ours.WorkflowErrorHandler,
  ours.WorkflowFunction,
  ours.WorkflowHistoryEntry,
  ours.WorkflowOutcome,
  ours.WorkflowQueue,
  ours.WorkflowQueueNextBatchOptions,
  ours.WorkflowQueueNextOptions,
  ours.WorkflowResult,
  ours.WorkflowRollbackErrorEvent,
  ours.WorkflowRunErrorEvent,
  ours.WorkflowRunMode,
  ours.WorkflowSpan,
  ours.WorkflowState,
  ours.WorkflowStepErrorEvent,
  ours.WorkflowStepOutcome,
  ours.WorkflowStepSpan,
];
