import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as ours from "../../src/testing.ts";
import { plain } from "../compat/plain.ts";
import { programs } from "../histories/programs.ts";
import { driverOf, type RecordedProgram } from "../histories/store.ts";
import { MortalHost } from "./mortal-host.ts";

function recordedOf(name: string): RecordedProgram {
  const file = new URL(`../histories/golden/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as RecordedProgram;
}

/** One process: takes the run over and goes on until it ends; null when the process has died. */
async function liveOnce(host: MortalHost, name: string, effects: string[]): Promise<unknown> {
  const program = programs.find((one) => one.name === name);
  const body = program?.body(ours, { effects }) as never;
  const handle = ours.runWorkflow("wf", body, undefined, host, { mode: "live" });
  const ended = handle.result.then(
    ({ output }) => plain({ output }),
    (error: Error) => ({ error: error.message }),
  );
  return Promise.race([ended, host.died.then(() => null)]);
}

describe("a process that dies while it takes a history over", () => {
  test.each(["completable", "joins-and-races", "rollback"])(
    "%s: at each write, before it and after it",
    async (name) => {
      const { stages, end } = recordedOf(name);
      const stored = stages[Math.floor(stages.length / 2)] as RecordedProgram["stages"][number];
      const whole = new MortalHost(await driverOf(ours, stored), { death: null, exclusive: true });
      const expected: string[] = [];
      expect(await liveOnce(whole, name, expected)).toEqual(end);
      for (let at = 0; at < whole.writes; at++) {
        for (const how of ["before", "after"] as const) {
          const storage = await driverOf(ours, stored);
          const effects: string[] = [];
          const died = await liveOnce(
            new MortalHost(storage, { death: { at, how }, exclusive: true }),
            name,
            effects,
          );
          const again = new MortalHost(storage, { death: null, exclusive: true });
          const told = `died ${how} write ${at}`;
          expect({ told, end: died ?? (await liveOnce(again, name, effects)) }).toEqual({ told, end });
          const repeated = effects.length - new Set(effects).size;
          expect({ told, repeated: repeated <= 1 }).toEqual({ told, repeated: true });
          expect({ told, effects: [...new Set(effects)].sort() }).toEqual({
            told,
            effects: [...expected].sort(),
          });
        }
      }
    },
    20_000,
  );
});
