import { expect } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";

/** A workflow as the tests of combinations write it. */
export type Code = (ctx: WorkflowContext) => Promise<unknown>;

/** Whatever crashes before or after any storage operation, in both modes, the workflow returns this and nothing else. */
export async function endsAs(
  expected: unknown,
  workflow: Code,
  program: Omit<CrashProgram, "name" | "workflow"> = {},
): Promise<void> {
  const returned = new Set<string>();
  const noting: Code = async (ctx) => {
    const value = await workflow(ctx);
    returned.add(JSON.stringify(value));
    return value;
  };
  await crashEverywhere({ name: "combination", ...program, workflow: noting });
  expect([...returned]).toEqual([JSON.stringify(expected)]);
}

/** Settles after so many microtasks: bodies of different speed without any time. */
export async function after<Value>(microtasks: number, value: Value): Promise<Value> {
  for (let i = 0; i < microtasks; i++) await null;
  return value;
}

/** A body that throws. */
export function failing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}
