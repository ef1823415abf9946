import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";

/** The test fails when a rejection is left unhandled, or the process warns of something, until it has finished. */
export function expectNoStrays(): void {
  const strays: unknown[] = [];
  const found = (stray: unknown): void => void strays.push(stray);
  process.on("unhandledRejection", found);
  process.on("warning", found);
  onTestFinished(async () => {
    // Rejections are told when the microtasks of their turn have run out.
    await setImmediate();
    await setImmediate();
    process.off("unhandledRejection", found);
    process.off("warning", found);
    expect(strays).toEqual([]);
  });
}
