import { createHost, type Host, type WorkflowStore } from "#holdfast/index.ts";
import { converse } from "../converse.ts";
import type { Arrival, Journey } from "../home.ts";
import { seededRandom } from "../seeded-random.ts";
import { type Standing, standingOf } from "../standing.ts";
import { Told } from "../tell.ts";
import { watchedStore } from "./watched-store.ts";

/** A sweep over sleeping runs comes with every sixtieth look: one at least while time passes. */
const POLL_MS = 2_000_000;

/** A host takes the runs of a store up. */
export async function goOnInStore(unwatched: WorkflowStore, journey: Journey): Promise<Arrival> {
  const { clock, programs, seed, runs, insists = true } = journey;
  const { store, claims } = watchedStore(unwatched);
  const told = new Told();
  const host = await createHost({
    store,
    workflows: programs.all,
    clock,
    scheduler: clock.scheduler,
    random: seededRandom(seed, "onward"),
    pollMs: POLL_MS,
  });
  const all = runs.map((run) => ({ run, handle: host.handle(run.workflowId) }));
  await converse(journey, all, told);
  const standings = new Map<string, Standing>();
  for (const { run, handle } of all) {
    standings.set(run.workflowId, await standingOf(handle, programs.ledger, insists));
  }
  await inspect(host, told);
  await clock.settle(host.stop({ timeoutMs: 0 }));
  return { standings, claims, untyped: told.untyped };
}

/** What an operator looks at besides single runs. */
async function inspect(host: Host, told: Told): Promise<void> {
  await told.of(host.list({ limit: 1_000 }));
  await told.of(host.list({ status: ["paused", "completed"], limit: 1_000 }));
  await told.of(host.statistics());
}
