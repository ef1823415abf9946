import { type MemoryDriver, memoryDriver } from "#holdfast/drivers/memory/memory-driver.ts";
import { loadJournal } from "#holdfast/history/journal-load.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { takeSnapshot } from "#holdfast/history/snapshot.ts";
import type { RunState } from "#holdfast/model/run.ts";
import type { SnapshotEntry } from "#holdfast/model/snapshot.ts";
import { runWorkflow } from "#holdfast/system/run-workflow.ts";
import { replay } from "#holdfast/testing/replay.ts";
import { type VirtualClock, virtualClock } from "#holdfast/testing/virtual-clock.ts";
import type { ProgramFact } from "../../evidence/fact.ts";
import { compile } from "../../program/compile.ts";
import type { ProgramPorts } from "../../program/ports.ts";
import type { Program } from "../../program/program.ts";

/** Passes after which a program is taken to get nowhere. */
const MOST_PASSES = 400;

/** How a program came to rest: its end, or that it waits for messages that nobody sends any more. */
export interface ProgramEnd {
  readonly state: RunState | "waiting";
  readonly output?: unknown;
  readonly error?: unknown;
}

/**
 * One program alone on a driver in memory, in yield mode: every wake-up is a replay. Whatever it waits for without a
 * deadline is sent to it, `generosity` messages at most.
 */
export class ProgramBench {
  readonly clock: VirtualClock = virtualClock();
  readonly driver: MemoryDriver;
  readonly facts: ProgramFact[] = [];
  readonly #program: Program;
  readonly #id: string;
  readonly #version: 1 | 2;
  #starts = 0;
  #passes = 0;

  constructor(program: Program, id = "run", version: 1 | 2 = 1) {
    this.#program = program;
    this.#id = id;
    this.#version = version;
    this.driver = memoryDriver({ workflowId: id, clock: this.clock });
  }

  async run(generosity = 20): Promise<ProgramEnd> {
    let left = generosity;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const handle = runWorkflow(
        this.#id,
        compile(this.#program, this.#version, this.#ports),
        "input",
        this.driver,
        {
          clock: this.clock,
          scheduler: this.clock.scheduler,
        },
      );
      let result: Awaited<typeof handle.result>;
      try {
        result = await this.clock.settle(handle.result, 100 * 366 * 86_400_000);
      } catch (error) {
        return { state: (await handle.getState()) ?? "failed", error };
      }
      const { state, output, sleepUntil, waitingForMessages } = result;
      if (state === "completed") return { state, output };
      const wanted = waitingForMessages?.[left % waitingForMessages.length];
      if (wanted !== undefined && left > 0) {
        left -= 1;
        await this.clock.settle(handle.send(wanted, { number: left }));
      } else if (sleepUntil !== undefined) {
        await this.clock.advanceTo(sleepUntil);
      } else return { state: "waiting" };
    }
    throw new Error(`The program did not come to rest in ${MOST_PASSES} passes.`);
  }

  /** The entries of the history. */
  async history(): Promise<readonly SnapshotEntry[]> {
    const loaded = await loadJournal(this.#id, this.driver);
    return loaded === null ? [] : takeSnapshot(loaded.journal, defaultCodec).entries;
  }

  /** What the code sees when it is replayed from what is stored, without anything being written. */
  async replayed(): Promise<readonly ProgramFact[]> {
    const before = this.facts.length;
    await replay(compile(this.#program, this.#version, this.#ports), this.driver.dump());
    return this.facts.slice(before);
  }

  get #ports(): ProgramPorts {
    return {
      record: (fact) => this.facts.push(fact),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const cancel = this.clock.setTimer(ms, resolve);
          signal?.addEventListener("abort", () => {
            cancel();
            resolve();
          });
        }),
      workflowId: (run) => `other-${run}`,
      die: () => false,
      nextStart: () => ++this.#starts,
      nextPass: () => ++this.#passes,
    };
  }
}

/** What was seen at each place; a problem for each place at which two things were seen. */
export interface Sights {
  readonly byPlace: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export function sightsOf(facts: readonly ProgramFact[]): Sights {
  const byPlace = new Map<string, string>();
  const problems: string[] = [];
  for (const fact of facts) {
    if (fact.type !== "seen") continue;
    const place = `${fact.operation} ${fact.path}`;
    const seen = fact.outcome.ok ? fact.outcome.value : `! ${fact.outcome.error}`;
    const before = byPlace.get(place);
    if (before !== undefined && before !== seen) problems.push(`${place}: ${before}, later ${seen}`);
    byPlace.set(place, seen);
  }
  return { byPlace, problems };
}

/** Replays what a bench has run: what was seen otherwise than before, or at the top level not again. */
export async function sightProblems(bench: ProgramBench): Promise<readonly string[]> {
  const live = sightsOf(bench.facts);
  const replayed = sightsOf(await bench.replayed());
  const all = sightsOf(bench.facts);
  const missing = [...live.byPlace.keys()]
    .filter((place) => !place.includes("/") && !replayed.byPlace.has(place))
    .map((place) => `${place}: not seen in the replay`);
  const invented = [...replayed.byPlace.keys()]
    .filter((place) => !live.byPlace.has(place))
    .map((place) => `${place}: seen in the replay alone`);
  return [...all.problems, ...missing, ...invented];
}
