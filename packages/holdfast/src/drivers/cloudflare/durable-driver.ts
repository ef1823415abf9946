import { checkMethods } from "../../model/check.ts";
import { checkGiven, type OptionNames, optionNames } from "../../model/option-names.ts";
import { STORAGE_OPTIONS } from "../../storage/storage-options.ts";
import { type KVDriver, type KVDriverOptions, kvDriver } from "../kv/kv-driver.ts";
import { DurableKV } from "./durable-kv.ts";
import type { DurableState } from "./durable-state.ts";

/** Options of `durableDriver`: those of `kvDriver`, but for the run's id, which is the object's. */
export type DurableDriverOptions = Omit<KVDriverOptions, "workflowId">;

const DURABLE_OPTIONS: OptionNames = optionNames<DurableDriverOptions>({
  ...STORAGE_OPTIONS,
  watchMs: true,
  earlyMessages: true,
});

/** How soon the alarm looks after a run that was at work when its object died. */
export const DEFAULT_WATCH_MS = 10_000;

/** A bare driver of an object's run, and the run's id. */
export interface DurableDriver {
  readonly driver: KVDriver;
  readonly workflowId: string;
}

/**
 * A bare driver on the storage of a Durable Object (SQLite backend), for an object that runs its workflow itself by
 * `runWorkflow`. Its `alarm()` handler calls `driver.rearm()` and then runs the workflow again. Most objects want
 * `workflowObject`, which does all of it.
 * @throws InvalidArgumentError; StorageError when a newer version of Holdfast wrote the storage.
 */
export function durableDriver(state: DurableState, options: DurableDriverOptions = {}): DurableDriver {
  checkMethods(partOf(state, ["id"]), "The id of an object's state", ["toString"]);
  checkMethods(partOf(state, ["storage", "sql"]), "The storage.sql of an object's state", ["exec"]);
  checkGiven(options, "The options of durableDriver", DURABLE_OPTIONS);
  const kv = new DurableKV(state);
  const { workflowId } = kv;
  return { driver: kvDriver(kv, { watchMs: DEFAULT_WATCH_MS, ...options, workflowId }), workflowId };
}

function partOf(state: DurableState, path: readonly string[]): unknown {
  try {
    return path.reduce((part: object, name) => Reflect.get(part, name) as object, state);
  } catch {
    return undefined;
  }
}
