import { expect, it } from "vitest";
import { type HostedProgram, hostedPrograms } from "./hosted-programs.ts";
import { HostedWorld } from "./hosted-world.ts";

/** What is done to a run that is to come to the same end. */
interface Disturbance {
  readonly name: string;
  readonly disturb: (world: HostedWorld) => Promise<unknown>;
  /** Whether bodies that run are given up, so that they may start once more. */
  readonly givesUp?: boolean;
}

const disturbances: readonly Disturbance[] = [
  {
    name: "is paused and resumed",
    disturb: async ({ handle, started, clock }) => {
      await handle.pause();
      expect(await handle.getState()).toBe("paused");
      const before = started.length;
      await clock.runUntilIdle();
      expect(started.length).toBe(before);
      await handle.resume();
    },
  },
  { name: "is woken twice", disturb: ({ handle }) => Promise.all([handle.wake(), handle.wake()]) },
  {
    name: "is started again, 10 times",
    disturb: (world) => Promise.all(Array.from({ length: 10 }, () => world.startRun())),
  },
  { name: "loses its host, which drains", disturb: (world) => world.replaceHost({}) },
  { name: "loses its host at once", givesUp: true, disturb: (world) => world.replaceHost({ timeoutMs: 0 }) },
  { name: "is evicted", givesUp: true, disturb: ({ handle }) => handle.evict() },
];

/** Errors of an operator who comes when the run has ended. */
const TOO_LATE = new Set(["RUN_FINISHED"]);

async function undisturbed(program: HostedProgram): Promise<{ end: string; world: HostedWorld }> {
  const world = await HostedWorld.begin(program);
  const end = await world.settle(world.end());
  await world.close();
  return { end, world };
}

for (const program of hostedPrograms) {
  it(`${program.name} comes to the same end whatever is done to it, at any of its events`, async () => {
    const expected = await undisturbed(program);
    const once = expected.world.starts();
    for (const { name, disturb, givesUp = false } of disturbances) {
      for (let at = 1; at <= expected.world.events; at++) {
        const where = `${name} at event ${at}`;
        const world = await HostedWorld.begin(program);
        await world.goOnUntil(at);
        await world.settle(disturb(world)).catch((error: { code?: string }) => {
          if (!TOO_LATE.has(error.code ?? "")) throw new Error(where, { cause: error });
        });
        const end = await world.settle(world.end());
        await world.close();
        if (!(givesUp && world.interruptible)) expect(end, where).toBe(expected.end);
        for (const [body, starts] of world.starts()) {
          const allowed = (once.get(body) ?? 0) + (givesUp ? 1 : 0);
          expect(starts, `${where}: starts of ${body}`).toBeLessThanOrEqual(allowed);
        }
        if (!givesUp) expect(world.starts(), where).toEqual(once);
        expect(new Set(world.undone), where).toEqual(new Set(expected.world.undone));
      }
    }
  });
}
