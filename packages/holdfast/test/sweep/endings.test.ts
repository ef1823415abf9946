import { expect, it } from "vitest";
import { hostedPrograms } from "./hosted-programs.ts";
import { HostedWorld } from "./hosted-world.ts";

for (const program of hostedPrograms) {
  it(`${program.name} is cancelled at any of its events: one side wins, and nothing happens afterwards`, async () => {
    const whole = await HostedWorld.begin(program);
    const end = await whole.settle(whole.end());
    await whole.close();
    for (let at = 1; at <= whole.events; at++) {
      const world = await HostedWorld.begin(program);
      await world.goOnUntil(at);
      const outcome = await world.settle(world.handle.cancel());
      const started = [...world.started];
      const ended = await world.settle(world.end());
      if (outcome.cancelled) {
        expect(ended, `at event ${at}`).toContain("RunCancelledError");
        const { revision } = await world.handle.history();
        await world.clock.advance(30_000);
        expect(world.started, `at event ${at}`).toEqual(started);
        expect((await world.handle.history()).revision, `at event ${at}`).toBe(revision);
      } else expect(ended, `at event ${at}`).toBe(end);
      await world.close();
    }
  });

  it(`${program.name} is cancelled with compensation at any of its events: what was done is undone, last first`, async () => {
    const whole = await HostedWorld.begin(program);
    const end = await whole.settle(whole.end());
    await whole.close();
    let undone = 0;
    for (let at = 1; at <= whole.events; at++) {
      const where = `at event ${at}`;
      const world = await HostedWorld.begin(program);
      await world.goOnUntil(at);
      const outcome = await world.settle(world.handle.cancel({ compensate: true }));
      const ended = await world.settle(world.end());
      if (outcome.cancelled) {
        expect(ended, where).toContain("RunCancelledError");
        expect(new Set(world.undone).size, where).toBe(world.undone.length);
        // Results that were not stored yet may be lost with the cancelled pass, but no order is.
        const order = world.done.filter((name) => world.undone.includes(name)).reverse();
        expect(world.undone, where).toEqual(order);
        undone += world.undone.length;
      } else expect(ended, where).toBe(end);
      await world.close();
    }
    if (whole.undone.length > 0) expect(undone).toBeGreaterThan(whole.undone.length);
  });
}
