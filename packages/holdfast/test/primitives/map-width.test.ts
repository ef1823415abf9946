import { expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";

/** How long each item rests. */
const HOURS = [5, 1, 3, 2, 4, 1, 2];
const HOUR_MS = 3_600_000;

/** What a workflow over these items does, as far as the outside sees it. */
class Work {
  readonly lab = new EngineLab();
  readonly bodies: string[] = [];
  readonly undone: string[] = [];
  /** Items that have begun and not ended, in the order of their beginning. */
  readonly open: Set<number> = new Set();

  readonly run = async (ctx: WorkflowContext, concurrency: number): Promise<string> => {
    await ctx.rollbackCheckpoint("from here");
    const order: number[] = [];
    const values = await ctx.map(
      "items",
      HOURS,
      (item, hours, index) => this.#item(item, { hours, index, order }),
      {
        concurrency,
      },
    );
    return `${values} in order ${order}`;
  };

  async #item(item: WorkflowContext, at: { hours: number; index: number; order: number[] }): Promise<string> {
    const { hours, index, order } = at;
    order.push(index);
    const drawn = `${item.now()} ${item.uuid()}`;
    const kept = await item.step({
      name: "begin",
      run: () => {
        this.bodies.push(`begin ${index}`);
        this.open.add(index);
        return drawn;
      },
      rollback: () => void this.undone.push(`${index}`),
    });
    await item.sleep("rest", hours * HOUR_MS);
    await item.step("end", () => {
      this.bodies.push(`end ${index}`);
      this.open.delete(index);
    });
    return kept === drawn ? `${index}` : `${index} was ${kept} and is ${drawn}`;
  }

  /** One pass in each hour, of code with the concurrency that stands in the list for it; the last one stays. */
  async deploys(concurrencies: readonly number[]): Promise<unknown> {
    for (let hour = 0; hour < 40; hour++) {
      const concurrency = concurrencies[Math.min(hour, concurrencies.length - 1)] as number;
      const { state, output } = await this.lab.run((ctx: WorkflowContext) => this.run(ctx, concurrency));
      if (state !== "sleeping") return output;
      await this.lab.clock.advance(HOUR_MS);
    }
    return "never ended";
  }
}

const ALL = Number.POSITIVE_INFINITY;

it.each<[string, number[]]>([
  ["is lowered", [4, 4, 1]],
  ["is raised", [1, 1, 4]],
  ["is lowered and comes back", [4, 1, 1, 4]],
  ["is raised and comes back", [2, 5, 5, 2]],
  ["is lowered from no bound at all", [ALL, 2]],
  ["is raised to no bound at all", [2, ALL, 1]],
  ["changes in every hour", [3, 1, 4, 2, 6, 1, 5, 3, 2]],
])("a map goes on where it was when its concurrency %s in a deploy", async (_how, concurrencies) => {
  const work = new Work();
  const order = HOURS.map((_, index) => index);
  expect(await work.deploys(concurrencies)).toBe(`${order} in order ${order}`);
  expect([...work.bodies].sort()).toEqual(
    order.flatMap((index) => [`begin ${index}`, `end ${index}`]).sort(),
  );
});

it("what is asked for counts from the deploy on: no item begins while as many are at work, and further ones do at once", async () => {
  const work = new Work();
  const at = (concurrency: number) => work.lab.run((ctx: WorkflowContext) => work.run(ctx, concurrency));
  await at(4);
  expect(work.open.size).toBe(4);
  await work.lab.clock.advance(3 * HOUR_MS);
  await at(1);
  await at(1);
  expect([...work.open]).toEqual([0]);
  await at(3);
  expect([...work.open]).toEqual([0, 4, 5]);
});

it("a replay by code that asks for as many as before writes nothing", async () => {
  const work = new Work();
  await work.lab.run((ctx: WorkflowContext) => work.run(ctx, 4));
  await work.lab.run((ctx: WorkflowContext) => work.run(ctx, 2));
  const stored = work.lab.bytes();
  await work.lab.run((ctx: WorkflowContext) => work.run(ctx, 2));
  expect(work.lab.bytes()).toBe(stored);
});

it("a rewind takes back with how many items a map went on since", async () => {
  const work = new Work();
  const at = (concurrency: number) => (ctx: WorkflowContext) => work.run(ctx, concurrency);
  await work.lab.run(at(2));
  await work.lab.clock.advance(HOUR_MS);
  await work.lab.run(at(6));
  const handle = work.lab.start(at(1));
  await work.lab.clock.settle(handle.result);
  work.bodies.length = 0;
  await work.lab.clock.settle(handle.rewind({ to: "items/[1]/begin" }));
  await work.lab.clock.settle(handle.result);
  expect(work.bodies).toEqual(["begin 1"]);
});

it("a rewind keeps the concurrency by which what it keeps of a map has begun, also after another rewind", async () => {
  const lab = new EngineLab();
  const code = (concurrency: number) => async (ctx: WorkflowContext) => {
    const item = (inner: WorkflowContext, index: number) => inner.sleep("rest", (index + 2) * HOUR_MS);
    const long = ctx.sleep("long", 9 * HOUR_MS);
    await Promise.all([ctx.map("items", [0, 1], item, { concurrency }), ctx.step("beside", () => 1), long]);
  };
  await lab.run(code(1));
  const handle = lab.start(code(2));
  await lab.clock.settle(handle.result);
  for (const to of ["beside", "long"]) {
    await lab.clock.settle(handle.rewind({ to }));
    expect(await lab.clock.settle(handle.result)).toMatchObject({ state: "sleeping" });
  }
});

it("a rollback finds the steps of all items, with whatever concurrency the code asks now", async () => {
  const work = new Work();
  const failing = (concurrency: number) => async (ctx: WorkflowContext) => {
    await work.run(ctx, concurrency);
    throw new Error("no");
  };
  await work.lab.run(failing(4));
  for (let hour = 0; hour < 20; hour++) {
    await work.lab.clock.advance(HOUR_MS);
    await work.lab.outcome(failing(1));
  }
  expect([...work.undone].sort()).toEqual(HOURS.map((_, index) => `${index}`));
});

it("a rollback of a map that failed with items at work finds the steps of those, though the code asks for fewer at once", async () => {
  const lab = new EngineLab();
  const undone: number[] = [];
  const code = (concurrency: number) => async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("from here");
    await ctx.map(
      "items",
      [0, 1, 2],
      async (item, index) => {
        await item.step({ name: "s", run: () => index, rollback: () => void undone.push(index) });
        await item.sleep("rest", HOUR_MS * (3 - index));
        if (index === 2) throw new Error("no");
      },
      { concurrency },
    );
  };
  await lab.run(code(3));
  await lab.clock.advance(HOUR_MS);
  expect((await lab.failure(code(1))).name).toBe("MapError");
  expect(undone).toEqual([2, 1, 0]);
});

it("items that a higher concurrency lets begin come behind a version gate of the same deploy, in every replay", async () => {
  const lab = new EngineLab();
  const orders: string[] = [];
  const code = (newer: boolean) => async (ctx: WorkflowContext) => {
    const order: (string | number)[] = [];
    orders.push("");
    const pass = orders.length - 1;
    const tell = (what: string | number): void => {
      order.push(what);
      orders[pass] = order.join("");
    };
    const strand = async (): Promise<void> => {
      if (newer) await ctx.getVersion("gate", 2);
      tell("g");
      await ctx.sleep("night", "1d");
    };
    const item = async (inner: WorkflowContext, index: number): Promise<void> => {
      tell(index);
      await inner.sleep("night", "2d");
    };
    await Promise.all([strand(), ctx.map("items", [0, 1, 2], item, { concurrency: newer ? 3 : 2 })]);
  };
  await lab.run(code(false));
  for (let replay = 0; replay < 3; replay++) await lab.run(code(true));
  expect(orders).toEqual(["g01", "01g2", "01g2", "01g2"]);
});

it("a gate lets an older run go on as it did before a deploy that lowered the concurrency", async () => {
  const lab = new EngineLab();
  const code = (concurrency: number, gated: boolean) => async (ctx: WorkflowContext) => {
    const item = async (inner: WorkflowContext, index: number): Promise<void> => {
      if (index !== 1) await inner.sleep("night", "1d");
      else if (gated) await inner.getVersion("gate", 2);
    };
    await ctx.step("first", () => 1);
    await ctx.map("items", [0, 1, 2], item, { concurrency });
  };
  await lab.run(code(2, false));
  await lab.run(code(1, false));
  expect((await lab.run(code(1, true))).state).toBe("sleeping");
});
