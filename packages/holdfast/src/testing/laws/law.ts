import type { WorkflowContext } from "../../model/context.ts";
import type { ScriptedMessage } from "../simulated-run.ts";

/** One law, for one primitive. */
export interface LawCase {
  /** A sentence with an outcome. */
  readonly name: string;
  /** Rejects when the law is broken. */
  readonly run: () => Promise<void>;
}

/** Thrown when a primitive breaks a law. */
class LawError extends Error {
  override readonly name = "LawError";
}

/** @throws LawError */
export function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new LawError(problem);
}

/** The wait that law programs end up at. */
export function rest(ctx: WorkflowContext): Promise<void> {
  return ctx.sleep("rest", "1h");
}

/** What the code throws, at once or later. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The same messages, once more. */
export function again(messages: readonly ScriptedMessage[]): readonly ScriptedMessage[] {
  return messages.map(({ id: _, ...message }) => message);
}
