import { createHost, HoldfastError, type Host } from "#holdfast/index.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import type { BuiltRun } from "./base.ts";
import type { OpenStore } from "./homes/store-home.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Programs } from "./stages/programs.ts";
import { ERRAND_MESSAGES } from "./stages/stage.ts";
import { type Standing, standingOf } from "./standing.ts";
import { type WatchedStore, watchedStore } from "./watched-store.ts";

/** What a host goes on with. */
export interface Journey {
  readonly opened: OpenStore;
  readonly clock: VirtualClock;
  readonly programs: Programs;
  readonly seed: string;
  readonly runs: readonly BuiltRun[];
  /** Whether an operator lets all of them go on, and not only those that he held himself. */
  readonly resume?: boolean;
}

/** How the runs stand at the end of a journey. */
export interface Arrival {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly claims: ReadonlyMap<string, number>;
  /** What was thrown without a type by what is not about one run alone. */
  readonly untyped: readonly string[];
}

const POLL_MS = 3_600_000;
/** For what is due at once, and what is found at the second look. */
const SETTLE_MS = 15 * 60_000;
/** Longer than everything that a run sleeps through. */
const LONG_MS = 48 * 3_600_000;

/** A host takes the runs of a store up, messages are sent, and time passes until everything is at rest. */
export async function goOn({
  opened,
  clock,
  programs,
  seed,
  runs,
  resume = false,
}: Journey): Promise<Arrival> {
  const watched: WatchedStore = watchedStore(opened.store);
  const untyped: string[] = [];
  const host = await createHost({
    store: watched.store,
    workflows: programs.all,
    clock,
    scheduler: clock.scheduler,
    random: seededRandom(seed, "onward"),
    pollMs: POLL_MS,
  });
  await clock.advance(SETTLE_MS);
  const handles = runs.map((run) => ({ run, handle: host.handle(run.workflowId) }));
  const asked: Promise<void>[] = [];
  const tell = (doing: Promise<unknown>): Promise<void> =>
    doing.then(
      () => {},
      (error) => {
        if (!HoldfastError.is(error)) untyped.push((error as Error).stack ?? String(error));
      },
    );
  await clock.settle(
    Promise.all(
      handles.map(({ run, handle }) => (resume || run.stage.act === "pause") && tell(handle.resume())),
    ),
  );
  for (const message of ERRAND_MESSAGES) {
    for (const { run, handle } of handles) {
      const had = run.stage.workflow !== "errand" || run.stage.sends.includes(message);
      if (had) continue;
      const { name, body, options } = message;
      if (message.asks) asked.push(tell(handle.request(name, body, { ...options, timeout: LONG_MS })));
      else await tell(handle.send(name, body, options));
    }
    await clock.advance(SETTLE_MS);
  }
  await clock.advance(LONG_MS);
  await clock.settle(Promise.all(asked));
  const standings = new Map<string, Standing>();
  for (const { run, handle } of handles) {
    standings.set(run.workflowId, await standingOf(handle, programs.ledger));
  }
  await inspect(host, tell);
  await clock.settle(host.stop({ timeoutMs: 0 }));
  return { standings, claims: watched.claims, untyped };
}

/** What an operator looks at besides single runs. */
async function inspect(host: Host, tell: (doing: Promise<unknown>) => Promise<void>): Promise<void> {
  await tell(host.list({ limit: 1_000 }));
  await tell(host.list({ status: ["paused", "completed"], limit: 1_000 }));
  await tell(host.statistics());
}
