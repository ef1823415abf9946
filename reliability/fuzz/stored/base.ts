import { createHost, type Host, type WorkflowHandle } from "#holdfast/index.ts";
import { type VirtualClock, virtualClock } from "#holdfast/testing.ts";
import { numberedSeed } from "../../../simulator/random/prng.ts";
import type { OpenStore, StoreHome } from "./homes/store-home.ts";
import { byOwner, type Image, OWNER, type Row } from "./image.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Programs } from "./stages/programs.ts";
import { STAGES, type Stage } from "./stages/stage.ts";

/** Rows of one run, by table. */
export type RunRows = ReadonlyMap<string, readonly Row[]>;

/** A run as it was stored at one stage, and as it was stored before. */
export interface BuiltRun {
  readonly workflowId: string;
  readonly stage: Stage;
  /** By this its rows are told from those of others. */
  readonly owner: number;
  readonly image: Image;
  /** After each commit that led to the stage. */
  readonly older: readonly RunRows[];
}

const LOOKS = 10_000;
/** The stores' hints come at once. */
const POLL_MS = 3_600_000;
/** The base is the same always, so that a seed alone says what was damaged. */
const BASE_SEED = numberedSeed(0);

/** A run of every stage, several times, each in a store of its own at first. */
export async function buildRuns(home: StoreHome, programs: Programs, copies: number): Promise<BuiltRun[]> {
  const built: BuiltRun[] = [];
  for (let copy = 0; copy < copies; copy++) {
    for (const stage of STAGES) built.push(await buildRun({ home, programs, stage }, copy, built.length + 1));
  }
  return built;
}

interface Setting {
  readonly home: StoreHome;
  readonly programs: Programs;
  readonly stage: Stage;
}

async function buildRun({ home, programs, stage }: Setting, copy: number, owner: number): Promise<BuiltRun> {
  const workflowId = `${stage.name}-${copy}`;
  const clock = virtualClock();
  const opened = home.open(clock);
  const older: RunRows[] = [];
  const host = await createHost({
    store: opened.store,
    workflows: stage.begun ? programs.all : [],
    clock,
    scheduler: clock.scheduler,
    random: seededRandom(BASE_SEED, workflowId),
    pollMs: POLL_MS,
    observers: [({ type }) => type === "commit" && older.push(rowsOf(renumbered(opened.read(), owner)))],
  });
  const hung = stage.hangsIn === undefined ? null : programs.ledger.hang(workflowId, stage.hangsIn);
  const input = programs.inputOf(stage, copy);
  const handle = stage.begun
    ? await host.start(stage.workflow, { workflowId, input })
    : await programs.startElsewhere(opened.store, clock, { stage, workflowId, input });
  await bring({ clock, opened, host }, stage, handle, hung);
  const image = renumbered(opened.read(), owner);
  await clock.settle(host.stop({ timeoutMs: 0 }));
  await opened.close();
  programs.ledger.clear();
  return { workflowId, stage, owner, image, older };
}

async function bring(
  { clock, opened }: { clock: VirtualClock; opened: OpenStore; host: Host },
  stage: Stage,
  handle: WorkflowHandle,
  hung: Promise<void> | null,
): Promise<void> {
  if (stage.sends.length > 0) await clock.advance(1_000);
  for (const { name, body, options, asks } of stage.sends) {
    if (asks) handle.request(name, body, options).catch(() => {});
    else await handle.send(name, body, options);
    await clock.advance(1);
  }
  if (stage.act !== undefined) {
    await clock.advance(1_000);
    if (stage.act === "cancel") await clock.settle(handle.cancel());
    else await clock.settle(handle.pause());
  }
  if (hung !== null) await clock.settle(hung);
  for (let looks = 0; looks < LOOKS; looks++) {
    await clock.runUntilIdle();
    const status = (await opened.store.get(handle.workflowId))?.status;
    if (status === stage.until) return;
    await clock.advance(60_000);
  }
  throw new Error(`Run "${handle.workflowId}" does not become ${stage.until}.`);
}

/** The image with the run's own number, as it has in a store with all the others. */
function renumbered(image: Image, owner: number): Image {
  return Object.fromEntries(
    Object.entries(image).map(([table, rows]) => [table, rows.map((row) => ({ ...row, [OWNER]: owner }))]),
  );
}

/** Each run's rows. */
export function rowsByOwner(image: Image): (owner: number) => RunRows {
  const owned = Object.entries(image).map(([table, rows]) => [table, byOwner(rows)] as const);
  return (owner) => new Map(owned.map(([table, runs]) => [table, runs.get(owner) ?? []]));
}

function rowsOf(image: Image): RunRows {
  return new Map(Object.entries(image));
}
