import { stopwatch } from "../stopwatch.ts";

const nothing = async (): Promise<void> => {};

/** Awaited calls of an async function per second: what the language alone costs. */
export async function bareAwaits(count: number): Promise<number> {
  const elapsed = stopwatch();
  for (let i = 0; i < count; i++) await nothing();
  return count / (elapsed() / 1_000);
}
