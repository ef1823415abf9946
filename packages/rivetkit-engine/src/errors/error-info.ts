import type { WorkflowError } from "../model/history.ts";

/** An error as data: name, message, stack, and its own properties that are strings, numbers or booleans. */
export function extractErrorInfo(error: unknown): WorkflowError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const metadata: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    const value = (error as unknown as Record<string, unknown>)[key];
    if (key !== "name" && key !== "message" && key !== "stack" && isPlain(value)) metadata[key] = value;
  }
  const info: WorkflowError = { name: error.name, message: error.message };
  if (error.stack !== undefined) info.stack = error.stack;
  if (Object.keys(metadata).length > 0) info.metadata = metadata;
  return info;
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** An error in one line: `Name: message`. */
export function errorLabel(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
