import { RollbackError } from "../errors/classes.ts";
import { extractErrorInfo } from "../errors/error-info.ts";
import type { TryBlockCatchKind, TryBlockFailure } from "../model/context.ts";
import type { RunLink } from "./run-link.ts";

export const DEFAULT_TRY_STEP_CATCH = ["critical", "timeout", "exhausted"] as const;
export const DEFAULT_TRY_BLOCK_CATCH = ["step", "join", "race"] as const;

/** A block's failure as data, or undefined when it is not of a kind that is to be caught. */
export function blockFailure(
  link: RunLink,
  block: { readonly name: string; readonly catch: readonly TryBlockCatchKind[] },
  error: unknown,
): TryBlockFailure | undefined {
  const origin = link.originOf(error);
  const rollback = error instanceof RollbackError || origin?.step?.kind === "rollback";
  const kind = rollback ? "rollback" : origin?.source;
  if (kind === undefined || !block.catch.includes(kind)) return undefined;
  if (origin === undefined) return { source: "block", name: block.name, error: extractErrorInfo(error) };
  const { source, name, step } = origin;
  if (step === undefined) return { source, name, error: extractErrorInfo(error) };
  return { source, name, error: step.error, step };
}
