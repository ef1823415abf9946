import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as ours from "../../src/testing.ts";
import { plain } from "../compat/plain.ts";
import { programs, pursue } from "./programs.ts";
import { driverOf, type RecordedProgram } from "./store.ts";

function recordedOf(name: string): RecordedProgram {
  const file = new URL(`./golden/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as RecordedProgram;
}

/** Steps with a result, by the name of their effect. */
async function doneIn(driver: ours.EngineDriver): Promise<number> {
  const storage = await ours.loadStorage(driver);
  const steps = [...storage.history.entries.values()].filter(({ kind }) => kind.type === "step");
  return steps.filter(({ id }) => storage.entryMetadata.get(id)?.status === "completed").length;
}

describe.each(programs)("histories of RivetKit's own engine: $name", (program) => {
  const recorded = recordedOf(program.name);

  test.each(recorded.stages.map((stored, stage) => ({ stage, stored })))(
    "stage $stage ends as it would have there",
    async ({ stored }) => {
      const driver = await driverOf(ours, stored);
      const done = await doneIn(driver);
      const world = { effects: [] as string[] };
      const end = plain(await pursue(ours, driver, program, world));
      expect(end).toEqual(recorded.end);
      // What has a result is not done again: at most the effects that are missing, and the one that was in work.
      expect(world.effects.filter((effect) => !effect.startsWith("undo")).length).toBeLessThanOrEqual(
        recorded.effects.length - done + 1,
      );
      expect(recorded.effects).toEqual(expect.arrayContaining(world.effects));
    },
  );

  test("the old rows are gone, and a second run of the end changes nothing", async () => {
    const driver = await driverOf(ours, recorded.stages.at(-1) as never);
    const world = { effects: [] as string[] };
    await pursue(ours, driver, program, world);
    expect(driver.keys().filter((key) => /^1501|^1502|^1503|^1504/.test(key))).toEqual([]);
    const effects = [...world.effects];
    expect(plain(await pursue(ours, driver, program, world))).toEqual(recorded.end);
    expect(world.effects).toEqual(effects);
  });
});
