import { describe } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import type { MemoryRunDump } from "./memory-run.ts";

/** All bytes of a memory store or driver: plain data that can be cloned, compared and kept, but not as JSON. */
export interface MemoryDump {
  readonly nextKey: number;
  /** The highest epoch of all runs that were deleted. @default 0 */
  readonly retiredEpoch?: number;
  /** Its checksum; absent in dumps of old. */
  readonly retiredSeal?: number;
  /** In the order of creation. */
  readonly runs: readonly MemoryRunDump[];
}

/**
 * That something is a dump: what is wrong with the runs in it is found when they are loaded.
 * @throws InvalidArgumentError for what `dump()` never gives; CorruptionError when two runs have one id or key: which of them is
 * the run, nobody can tell
 */
export function assertDump(data: unknown): asserts data is MemoryDump {
  if (!isObject(data) || !Array.isArray(data.runs)) throw noDump("it", data);
  const [ids, keys] = [new Set<unknown>(), new Set<unknown>()];
  for (const [index, run] of data.runs.entries()) {
    assertRun(`runs[${index}]`, run);
    const { workflowId, key } = run.row;
    if (ids.has(workflowId) || keys.has(key)) {
      throw new CorruptionError("malformed", "", "the dump has two such runs", { workflowId });
    }
    ids.add(workflowId);
    keys.add(key);
  }
}

function assertRun(where: string, run: unknown): asserts run is MemoryRunDump {
  if (!isObject(run) || !isObject(run.row)) throw noDump(where, run);
  for (const part of ["entries", "messages", "consumed", "responses"]) {
    if (!Array.isArray(run[part])) throw noDump(`${where}.${part}`, run[part]);
  }
  const { header } = run;
  if (!(header instanceof Uint8Array)) throw noDump(`${where}.header`, header);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function noDump(where: string, found: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    `A dump is what dump() gave: ${where} is ${describe(found)}. Keep a dump as it is, or by v8.serialize(): JSON loses its bytes.`,
  );
}
