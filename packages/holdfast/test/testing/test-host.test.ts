import { defineWorkflow, InvalidArgumentError, Loop } from "holdfast";
import { createTestHost, virtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";

const DAY_MS = 86_400_000;

describe("a test host", () => {
  const reminded: string[] = [];
  const trial = defineWorkflow({
    name: "trial",
    run: async (ctx, input: { user: string }) => {
      await ctx.sleep("two weeks", "14d");
      await ctx.step("remind", () => {
        reminded.push(input.user);
      });
      return ctx.listenWithTimeout("answer", "answer", "30d");
    },
  });

  it("lets a test sleep through weeks", async () => {
    const host = await createTestHost({ workflows: [trial] });
    const handle = await host.start(trial, { workflowId: "trial-1", input: { user: "ada" } });
    await host.advance(13 * DAY_MS);
    expect(reminded).toEqual([]);
    await host.advance(DAY_MS);
    expect(reminded).toEqual(["ada"]);
    expect(await host.settle(handle.result())).toBeNull();
    await host.stop();
  });

  it("sleeps through ten years of months in no time", async () => {
    const monthly = defineWorkflow({
      name: "monthly",
      run: async (ctx) =>
        await ctx.loop({
          name: "months",
          state: 0,
          run: async (ctx, months) => {
            await ctx.sleep("a month", "30d");
            return months === 119 ? Loop.break(months + 1) : Loop.continue(months + 1);
          },
        }),
    });
    const host = await createTestHost({ workflows: [monthly], now: Date.UTC(2031, 0) });
    const handle = await host.start(monthly, { workflowId: "m" });
    await host.advance("3590d");
    expect(await handle.getState()).toBe("sleeping");
    expect(await host.settle(handle.result(), "10d")).toBe(120);
    expect(host.clock.now()).toBe(Date.UTC(2031, 0) + 3_600 * DAY_MS);
    await host.stop();
  });

  it("says what a promise may wait for that does not settle", async () => {
    const host = await createTestHost({ workflows: [trial] });
    const handle = await host.start(trial, { workflowId: "trial-3", input: { user: "eve" } });
    await expect(host.settle(handle.result(), "10d")).rejects.toThrow(
      /within 10 d of .* a message that nobody/,
    );
    await expect(host.advance("3 fortnights")).rejects.toThrow(/advance\(\): the duration .* "3 fortnights"/);
    await host.stop();
  });

  it("stands beside another on the same store, and takes its runs up when it stops", async () => {
    const first = await createTestHost({ workflows: [trial] });
    const handle = await first.start(trial, { workflowId: "trial-2", input: { user: "bob" } });
    await first.advance(DAY_MS);
    const second = await createTestHost({ workflows: [trial], beside: first });
    await first.stop();
    await second.advance(14 * DAY_MS);
    await second.handle("trial-2").send("answer", "yes");
    expect(await second.settle(second.handle("trial-2").result())).toBe("yes");
    expect(await handle.getState()).toBe("completed");
    await second.stop();
  });

  it("stands beside nothing else, and beside another on no clock of its own", async () => {
    const host = await createTestHost({ workflows: [trial] });
    for (const beside of [5, {}, null, { store: host.store }, { clock: host.clock }]) {
      const options = { workflows: [trial], beside: beside as never };
      await expect(createTestHost(options)).rejects.toThrow(InvalidArgumentError);
    }
    const late = createTestHost({ workflows: [trial], beside: host, now: host.clock.now() + DAY_MS });
    await expect(late).rejects.toThrow(InvalidArgumentError);
    await host.stop();
  });
});

it("a virtual clock waits for a storage that takes many turns of the event loop and no timer", async () => {
  const clock = virtualClock({ now: 0 });
  const answered = async (): Promise<string> => {
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    return "answered";
  };
  expect(await clock.settle(answered())).toBe("answered");
  expect(clock.now()).toBe(0);
});

it("a virtual clock never goes back, whoever moves it meanwhile", async () => {
  const clock = virtualClock({ now: 0 });
  let slept: Promise<void> | null = null;
  clock.setTimer(1, () => {
    slept = clock.settle(clock.sleep("2d"));
  });
  await clock.advance("1d");
  await slept;
  expect(clock.now()).toBe(1 + 2 * DAY_MS);
});
