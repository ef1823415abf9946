/** An index into a history's name registry: names are kept once and referred to by it. */
export type NameIndex = number;

/** Marks an iteration of a loop in a location. */
export interface LoopIterationMarker {
  loop: NameIndex;
  iteration: number;
}

/** One step of a location: a name, or an iteration of a loop. */
export type PathSegment = NameIndex | LoopIterationMarker;

/** Where an entry stands: the path from the root through loops, joins, races and blocks. */
export type Location = PathSegment[];

export type SleepState = "pending" | "completed" | "interrupted";

export type EntryStatus = "pending" | "running" | "completed" | "failed" | "exhausted";

export type BranchStatusType = "pending" | "running" | "completed" | "failed" | "cancelled";

export type WorkflowState =
  | "pending"
  | "running"
  | "sleeping"
  | "failed"
  | "completed"
  | "cancelled"
  | "rolling_back";

export interface StepEntry {
  output?: unknown;
  error?: string;
}

export interface LoopEntry {
  state: unknown;
  iteration: number;
  output?: unknown;
}

export interface SleepEntry {
  /** Milliseconds since the epoch. */
  deadline: number;
  state: SleepState;
}

export interface MessageEntry {
  name: string;
  data: unknown;
}

export interface RollbackCheckpointEntry {
  name: string;
}

/** How a branch of a join or race stands. */
export interface BranchStatus {
  status: BranchStatusType;
  output?: unknown;
  error?: string;
}

export interface JoinEntry {
  branches: Record<string, BranchStatus>;
}

export interface RaceEntry {
  winner: string | null;
  branches: Record<string, BranchStatus>;
}

/** Keeps the place of an operation that the code no longer has. */
export interface RemovedEntry {
  originalType: EntryKindType;
  originalName?: string;
}

/** Which version of the code a run is pinned to at a place. */
export interface VersionCheckEntry {
  resolved: number;
  /** The newest version when the place was first passed. */
  latest: number;
}

export type EntryKind =
  | { type: "step"; data: StepEntry }
  | { type: "loop"; data: LoopEntry }
  | { type: "sleep"; data: SleepEntry }
  | { type: "message"; data: MessageEntry }
  | { type: "rollback_checkpoint"; data: RollbackCheckpointEntry }
  | { type: "join"; data: JoinEntry }
  | { type: "race"; data: RaceEntry }
  | { type: "removed"; data: RemovedEntry }
  | { type: "version_check"; data: VersionCheckEntry };

export type EntryKindType = EntryKind["type"];

/** One recorded operation. */
export interface Entry {
  id: string;
  location: Location;
  kind: EntryKind;
  dirty: boolean;
}

/** What is recorded beside an entry. Times are milliseconds since the epoch. */
export interface EntryMetadata {
  status: EntryStatus;
  error?: string;
  attempts: number;
  lastAttemptAt: number;
  createdAt: number;
  completedAt?: number;
  rollbackCompletedAt?: number;
  rollbackError?: string;
  dirty: boolean;
}

/** Entries by their location's key (`locationToKey`). */
export interface History {
  entries: Map<string, Entry>;
}

export type WorkflowHistoryEntry = Omit<Entry, "dirty">;
export type WorkflowEntryMetadataSnapshot = Omit<EntryMetadata, "dirty">;

/** A history as observers see it. */
export interface WorkflowHistorySnapshot {
  nameRegistry: string[];
  entries: WorkflowHistoryEntry[];
  entryMetadata: ReadonlyMap<string, WorkflowEntryMetadataSnapshot>;
}

/** An error as data. */
export interface WorkflowError {
  name: string;
  message: string;
  stack?: string;
  /** The error's own properties that are strings, numbers or booleans. */
  metadata?: Record<string, unknown>;
}

/** A history in memory, as the storage utilities read and write it. */
export interface Storage {
  nameRegistry: string[];
  flushedNameCount: number;
  history: History;
  entryMetadata: Map<string, EntryMetadata>;
  output?: unknown;
  state: WorkflowState;
  flushedState?: WorkflowState;
  error?: WorkflowError;
  flushedError?: WorkflowError;
  flushedOutput?: unknown;
}
