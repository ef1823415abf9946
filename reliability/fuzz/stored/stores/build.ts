import { createClient, createHost, type WorkflowHandle } from "#holdfast/index.ts";
import { type VirtualClock, virtualClock } from "#holdfast/testing.ts";
import { numberedSeed } from "../../../../simulator/random/prng.ts";
import { bring } from "../bring.ts";
import { type BuiltRun, type RunRows, renumbered, rowsOf } from "../built-run.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Programs } from "../stages/programs.ts";
import { STAGES, type Stage } from "../stages/stage.ts";
import type { OpenStore, StoreKind } from "./store-kind.ts";

/** The stores' hints come at once. */
const POLL_MS = 3_600_000;
/** The base is the same always, so that a seed alone says what was damaged. */
const BASE_SEED = numberedSeed(0);

/** A run of every stage, several times, each in a store of its own at first. */
export async function buildInStores(
  kind: StoreKind,
  programs: Programs,
  copies: number,
): Promise<BuiltRun[]> {
  const built: BuiltRun[] = [];
  for (let copy = 0; copy < copies; copy++) {
    for (const stage of STAGES) {
      built.push(await new Builder(kind, programs, stage).build(copy, built.length + 1));
    }
  }
  return built;
}

/** Brings one run to its stage. */
class Builder {
  readonly #programs: Programs;
  readonly #stage: Stage;
  readonly #clock: VirtualClock = virtualClock();
  readonly #opened: OpenStore;

  constructor(kind: StoreKind, programs: Programs, stage: Stage) {
    this.#programs = programs;
    this.#stage = stage;
    this.#opened = kind.open(this.#clock);
  }

  async build(copy: number, owner: number): Promise<BuiltRun> {
    const [stage, clock, { store, read, close }, { ledger }] = [
      this.#stage,
      this.#clock,
      this.#opened,
      this.#programs,
    ];
    const workflowId = `${stage.name}-${copy}`;
    const older: RunRows[] = [];
    const host = await createHost({
      ...this.#options(workflowId),
      workflows: stage.begun ? this.#programs.all : [],
      observers: [({ type }) => type === "commit" && older.push(rowsOf(renumbered(read(), owner)))],
    });
    const hung = stage.hangsIn === undefined ? null : ledger.hang(workflowId, stage.hangsIn);
    const start = { workflowId, input: this.#programs.inputOf(stage, copy) };
    const handle: WorkflowHandle = stage.begun
      ? await host.start(stage.workflow, start)
      : await createClient(this.#options(workflowId)).start(stage.workflow, start);
    await bring({ clock, handle, hung, status: async () => (await store.get(workflowId))?.status }, stage);
    const image = renumbered(read(), owner);
    await clock.settle(host.stop({ timeoutMs: 0 }));
    await close();
    ledger.clear();
    return { workflowId, stage, owner, image, older };
  }

  #options(workflowId: string) {
    const clock = this.#clock;
    const random = seededRandom(BASE_SEED, workflowId);
    return { store: this.#opened.store, clock, scheduler: clock.scheduler, random, pollMs: POLL_MS };
  }
}
