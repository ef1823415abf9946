import { StorageError } from "../../model/errors/storage-errors.ts";
import type { DurableState } from "./durable-state.ts";

/** How the run is laid out in its object's storage, and whose it is. */
export interface RunLayout {
  readonly workflowId: string;
  /** Whether it is stored: an object that was merely asked has no table. */
  stored: boolean;
}

/** Beside the keys of the kv driver, of which none begins so. */
export const LAYOUT_KEY: Uint8Array = Uint8Array.of(1);

const LAYOUT = 1;
const HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'holdfast'";

/**
 * The stored layout, or the one to be stored. The run keeps the id that it began with: the object may have been asked
 * for by its name then, and by its id now.
 * @throws StorageError when it is of a newer version.
 */
export function readLayout({ id, storage }: DurableState): RunLayout {
  if (storage.sql.exec(HAS_TABLE).toArray().length === 0) {
    return { workflowId: id.name ?? id.toString(), stored: false };
  }
  const [row] = storage.sql.exec("SELECT value FROM holdfast WHERE key = ?", LAYOUT_KEY).toArray();
  const { layout, workflowId } = parseLayout(row?.value);
  if (layout === LAYOUT && typeof workflowId === "string") return { workflowId, stored: true };
  throw new StorageError(
    `The storage of object ${id.toString()} has layout ${String(layout)}; this version of Holdfast knows layout ${LAYOUT}. Use the version of Holdfast that wrote it, or a newer one. Nothing was changed.`,
    { outcome: "not-applied", retryable: false },
  );
}

export function writeLayout({ workflowId }: RunLayout): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ layout: LAYOUT, workflowId }));
}

function parseLayout(value: unknown): { readonly layout?: unknown; readonly workflowId?: unknown } {
  try {
    return JSON.parse(new TextDecoder().decode(value as ArrayBuffer)) ?? {};
  } catch {
    return {};
  }
}
