import { describe, expect, test } from "vitest";
import { InMemoryDriver, runWorkflow } from "../../src/testing.ts";
import { type Death, MortalHost } from "./mortal-host.ts";
import { type Program, programs } from "./programs.ts";

interface Life {
  readonly end: unknown;
  readonly effects: readonly string[];
  readonly writes: number;
  readonly left: readonly unknown[];
}

const GONE = Symbol("the process has died");

/** One process: runs the program until it ends or the process dies. */
async function liveOnce(host: MortalHost, program: Program, effects: string[]): Promise<unknown> {
  const handle = runWorkflow("wf", program.body(effects), undefined, host, { mode: "live" });
  const ended = handle.result.then(
    ({ output }) => ({ output }),
    (error: Error) => ({ error: error.message }),
  );
  return Promise.race([ended, host.died.then(() => GONE)]);
}

async function live(program: Program, exclusive: boolean, death: Death | null): Promise<Life> {
  const storage = new InMemoryDriver();
  storage.latency = 0;
  for (const [i, data] of (program.messages ?? []).entries())
    await storage.messageDriver.addMessage({ id: String(i + 1), name: "m", data, sentAt: i + 1 });
  const effects: string[] = [];
  const first = new MortalHost(storage, { death, exclusive });
  let end = await liveOnce(first, program, effects);
  if (end === GONE)
    end = await liveOnce(new MortalHost(storage, { death: null, exclusive }), program, effects);
  // What the last commit left to do is done by the next look.
  await runWorkflow("wf", program.body(effects), undefined, storage, { mode: "live" }).result.catch(() => {});
  const left = await storage.messageDriver.receiveMessages({ count: 100, completable: true });
  return { end, effects, writes: first.writes, left };
}

describe.each(programs)("a process that dies: $name", (program) => {
  test.each([{ exclusive: false }, { exclusive: true }])(
    "at each write, before it and after it, with an exclusive queue: $exclusive",
    async ({ exclusive }) => {
      const whole = await live(program, exclusive, null);
      expect(whole.left).toEqual([]);
      for (let at = 0; at < whole.writes; at++) {
        for (const how of ["before", "after"] as const) {
          const life = await live(program, exclusive, { at, how });
          const told = `died ${how} write ${at}`;
          expect({ told, end: life.end, left: life.left }).toEqual({ told, end: whole.end, left: [] });
          // The effect that was in work may come again; every other one came once.
          const again = life.effects.length - new Set(life.effects).size;
          expect({ told, again: again <= 1 }).toEqual({ told, again: true });
          expect({ told, effects: [...new Set(life.effects)].sort() }).toEqual({
            told,
            effects: [...whole.effects].sort(),
          });
        }
      }
    },
    20_000,
  );
});
