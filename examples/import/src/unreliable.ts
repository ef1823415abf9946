import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { StepContext } from "holdfast";

/**
 * Stands for the service that every real import has to tell about its rows: it takes a moment, and one call in eight
 * fails. Which call fails follows from the step, not from chance, so that every import of a file meets the same ones.
 */
export async function notifyIndex({ idempotencyKey, attempt, signal }: StepContext): Promise<void> {
  const [draw = 0, delay = 0] = createHash("sha256").update(idempotencyKey).digest();
  await setTimeout(20 + (delay % 60), undefined, { signal });
  if (attempt === 1 && draw % 8 === 0) throw new Error("The index does not answer (503)");
}
