import { setTimeout } from "node:timers/promises";
import type { Client } from "#holdfast/index.ts";
import { untilStored } from "./until-stored.ts";

const LOOK_MS = 50;

/** Resolves when every run of the store is at rest: runs that the plan's runs have started may outlive them. */
export async function nothingGoesOn(client: Client): Promise<void> {
  for (;;) {
    const status = ["pending", "running", "sleeping", "rolling_back"] as const;
    const { runs } = await untilStored(() => client.list({ status, limit: 1 }));
    if (runs.length === 0) return;
    await setTimeout(LOOK_MS);
  }
}
