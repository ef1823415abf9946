import { kvDriver, type RunHandle, runWorkflow } from "#holdfast/index.ts";
import { type VirtualClock, virtualClock } from "#holdfast/testing.ts";
import { numberedSeed } from "../../../../simulator/random/prng.ts";
import { bring } from "../bring.ts";
import { type BuiltRun, type RunRows, rowsOf } from "../built-run.ts";
import { converse } from "../converse.ts";
import type { Arrival, Home, Journey } from "../home.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Programs } from "../stages/programs.ts";
import { STAGES, type Stage } from "../stages/stage.ts";
import { bareStandingOf, type Standing } from "../standing.ts";
import { Told } from "../tell.ts";
import { kvShape } from "./kv-shape.ts";
import { Namespaces } from "./namespaces.ts";

/** A run that its platform starts: which one, on which namespace. */
interface Bare {
  readonly namespaces: Namespaces;
  readonly clock: VirtualClock;
  readonly programs: Programs;
  readonly run: Pick<BuiltRun, "workflowId" | "stage" | "owner">;
  readonly seed: string;
  readonly input?: unknown;
  readonly committed?: () => void;
}

const BASE_SEED = numberedSeed(0);

/** Runs on key-value namespaces, each of its own, with the engine alone in live mode. */
export const kvHome: Home = {
  name: "kv",
  shape: kvShape,
  async build(programs, copies) {
    const built: BuiltRun[] = [];
    // A run that was not begun does not exist on a driver of its own.
    const stages = STAGES.filter(({ begun }) => begun);
    for (let copy = 0; copy < copies; copy++) {
      for (const stage of stages) built.push(await build(programs, stage, { copy, owner: built.length + 1 }));
    }
    return built;
  },
  open(clock) {
    const namespaces = new Namespaces();
    return {
      read: () => namespaces.read(),
      write: (image) => namespaces.write(image),
      goOn: (journey) => goOn(namespaces, clock, journey),
      close: async () => {},
    };
  },
};

function start({ namespaces, clock, programs, run, seed, input, committed }: Bare): RunHandle<unknown> {
  const { workflowId, stage, owner } = run;
  const driver = kvDriver(namespaces.of(owner), { workflowId, clock });
  return runWorkflow(workflowId, programs.named(stage.workflow), input as never, driver, {
    mode: "live",
    clock,
    scheduler: clock.scheduler,
    random: seededRandom(seed, workflowId),
    observers: [({ type }) => type === "commit" && committed?.()],
  });
}

async function build(
  programs: Programs,
  stage: Stage,
  { copy, owner }: { readonly copy: number; readonly owner: number },
): Promise<BuiltRun> {
  const run = { workflowId: `${stage.name}-${copy}`, stage, owner };
  const { ledger } = programs;
  const [namespaces, clock, older] = [new Namespaces(), virtualClock(), [] as RunRows[]];
  const hung = stage.hangsIn === undefined ? null : ledger.hang(run.workflowId, stage.hangsIn);
  const input = programs.inputOf(stage, copy);
  const committed = (): void => void older.push(rowsOf(namespaces.read()));
  const handle = start({ namespaces, clock, programs, run, seed: BASE_SEED, input, committed });
  handle.result.catch(() => {});
  await bring({ clock, handle, hung, status: () => handle.getState() }, stage);
  const image = namespaces.read();
  await clock.settle(handle.evict());
  ledger.clear();
  return { ...run, image, older };
}

async function goOn(namespaces: Namespaces, clock: VirtualClock, journey: Journey): Promise<Arrival> {
  const { programs, runs, seed, insists = true } = journey;
  const told = new Told();
  const all = runs.map((run) => ({ run, handle: start({ namespaces, clock, programs, run, seed }) }));
  for (const { handle } of all) handle.result.catch(() => {});
  await converse(journey, all, told);
  const standings = new Map<string, Standing>();
  for (const { run, handle } of all) {
    standings.set(run.workflowId, await bareStandingOf(handle, programs.ledger, insists));
  }
  await clock.settle(Promise.all(all.map(({ handle }) => handle.evict())));
  return { standings, claims: new Map(), untyped: told.untyped };
}
