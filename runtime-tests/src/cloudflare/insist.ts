import { setTimeout } from "node:timers/promises";
import type { Workerd } from "./workerd.ts";

const PATIENCE_MS = 60_000;

/** Asks until it is answered, across deaths of objects and of workerd. */
export async function insist(workerd: Workerd, path: string): Promise<unknown> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await workerd.get(path).catch((error: unknown) => ({ error: String(error) }));
    const { value, error } = answer as { value?: unknown; error?: string };
    if (error === undefined) return value;
    if (Date.now() > end) throw new Error(`${path}: ${error}`);
    await setTimeout(50);
  }
}
