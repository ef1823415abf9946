import { Loop, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

type Inside = (inner: WorkflowContext) => Promise<unknown>;

/** A block around `inside`. */
const blocks: Readonly<
  Record<string, (ctx: WorkflowContext, inside: Inside, name?: string) => Promise<unknown>>
> = {
  try: (ctx, inside, name = "b") => ctx.try(name, inside),
  loop: (ctx, inside, name = "b") =>
    ctx.loop(name, async (inner) => {
      await inside(inner);
      return Loop.break();
    }),
  join: (ctx, inside, name = "b") => ctx.join(name, { only: { run: inside } }),
  race: (ctx, inside, name = "b") => ctx.race(name, [{ name: "only", run: inside }]),
  map: (ctx, inside, name = "b") => ctx.map(name, [1], inside),
};

/** What is asked of the context around the block. */
const uses: Readonly<Record<string, (outer: WorkflowContext) => unknown>> = {
  step: (outer) => outer.step("s", () => 1),
  sleep: (outer) => outer.sleep("s", 1),
  send: (outer) => outer.queue.send("m", 1),
  block: (outer) => outer.try("t", async () => 1),
  uuid: (outer) => outer.uuid(),
  random: (outer) => outer.random(),
};

describe.each(Object.keys(blocks))("inside a %s", (kind) => {
  it.each(Object.keys(uses))(
    "a %s of the context around it is refused, at once and after awaits",
    async (use) => {
      const codes: unknown[] = [];
      const misuse = (outer: WorkflowContext): void => {
        try {
          uses[use]?.(outer);
        } catch (error) {
          codes.push((error as { code: string }).code);
        }
      };
      const workflow = async (ctx: WorkflowContext) => {
        await blocks[kind]?.(ctx, async (inner) => {
          misuse(ctx);
          await inner.step("own", () => 1);
          misuse(ctx);
          await inner.try("deeper", async () => misuse(ctx));
        });
        await uses[use]?.(ctx);
      };
      expect((await lab.run(workflow, { mode: "live" })).state).toBe("completed");
      expect(codes).toEqual(["CONTEXT_MISUSE", "CONTEXT_MISUSE", "CONTEXT_MISUSE"]);
    },
  );

  it("what the context around it has begun may be awaited", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const begun = ctx.step("s", () => "begun outside");
      let seen: unknown;
      await blocks[kind]?.(ctx, async () => {
        seen = await begun;
      });
      return seen;
    };
    expect((await lab.run(workflow)).output).toBe("begun outside");
  });

  it.each([
    ["awaited", true],
    ["not awaited", false],
  ])(
    "a message that was received outside may be answered, and stays answered in replay: %s",
    async (_how, awaits) => {
      const workflow = async (ctx: WorkflowContext) => {
        const bodies: unknown[] = [];
        for (const round of [0, 1]) {
          const names = ["ask"] as const;
          const message = await ctx.queue.next(`next-${round}`, { names, completable: true });
          const answer: Inside = async (inner) => {
            await inner.step("work", () => 1);
            const answered = message.complete(`answer ${round}`);
            if (awaits) await answered;
          };
          await blocks[kind]?.(ctx, answer, `round-${round}`);
          await ctx.listenWithTimeout(`other-${round}`, "other", 0);
          if (round === 0) await ctx.sleep("nap", "1h");
          bodies.push(message.body);
        }
        return bodies;
      };
      const ask = async (body: string): Promise<void> => {
        const handle = lab.start(workflow);
        void handle.request("ask", body, { timeout: 1 }).catch(() => {});
        await lab.clock.settle(handle.result);
      };
      await lab.run(workflow);
      await ask("first");
      await lab.clock.advance(3_600_000);
      expect((await lab.run(workflow)).waitingForMessages).toEqual(["ask"]);
      await ask("second");
      expect((await lab.run(workflow)).output).toEqual(["first", "second"]);
    },
  );
});

describe("the context of a block", () => {
  const codeOf = (use: () => unknown): string => {
    try {
      use();
      return "taken";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each(Object.keys(uses))("is refused a %s by code around it", async (use) => {
    const workflow = async (ctx: WorkflowContext) => {
      let leaked = ctx;
      const block = ctx.join("j", {
        a: {
          run: (inner) => {
            leaked = inner;
            return inner.sleep("rest", 1);
          },
        },
      });
      const code = codeOf(() => uses[use]?.(leaked));
      await block;
      return code;
    };
    expect((await lab.run(workflow, { mode: "live" })).output).toBe("CONTEXT_MISUSE");
  });

  it.each(Object.keys(uses))(
    "is refused a %s by code in a block beside it, but not by the branch beside it, which ends with it",
    async (use) => {
      const workflow = async (ctx: WorkflowContext) => {
        let leaked = ctx;
        return ctx.join("j", {
          a: {
            run: (inner) => {
              leaked = inner;
              return inner.sleep("rest", 1);
            },
          },
          b: {
            run: async (inner) => {
              const inBlock = await inner.try("t", async () => codeOf(() => uses[use]?.(leaked)));
              return [inBlock, codeOf(() => uses[use]?.(leaked))];
            },
          },
        });
      };
      const { output } = await lab.run(workflow, { mode: "live" });
      expect(output?.b).toEqual([{ ok: true, value: "CONTEXT_MISUSE" }, "taken"]);
    },
  );
});

describe("a message that nobody answers", () => {
  const shared: Readonly<Record<string, (ctx: WorkflowContext, inside: Inside) => Promise<unknown>>> = {
    "a try": (ctx, inside) => ctx.try("b", inside),
    "an iteration that is pruned": (ctx, inside) =>
      ctx.loop({
        name: "b",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, at: number) => {
          if (at === 1) return Loop.break(await inner.listenWithTimeout("again", "ask", "1m"));
          await inside(inner);
          return Loop.continue(1);
        },
      }),
  };

  it.each(Object.keys(shared))(
    "fails %s at its end, and holds up nobody afterwards, live and in replay",
    async (block) => {
      const workflow = async (ctx: WorkflowContext) => {
        const receive: Inside = async (inner) => {
          await inner.queue.next("wait", { names: ["ask"], completable: true });
          await inner.step("work", () => 1);
        };
        const failed = await shared[block]?.(ctx, receive).catch((error: { code: string }) => error.code);
        await ctx.sleep("nap", "1h");
        return [failed, await ctx.listenWithTimeout("later", "ask", 0)];
      };
      const handle = lab.start(workflow, { mode: "live" });
      await handle.send("ask", "first");
      await handle.send("ask", "second");
      expect((await lab.clock.settle(handle.result)).output).toEqual(["MESSAGE_UNANSWERED", "second"]);
    },
  );
});
